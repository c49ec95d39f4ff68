// Bytes as text.
#pragma once

#include <string>
#include <string_view>

namespace preflight {

std::string to_hexadecimal(std::string_view bytes);

// Empty for what is no hexadecimal text.
std::string from_hexadecimal(std::string_view text);

}  // namespace preflight
