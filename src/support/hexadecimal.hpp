// Bytes as text.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace preflight {

std::string to_hexadecimal(std::span<const unsigned char> bytes);

// Empty for what is no hexadecimal text.
std::vector<unsigned char> from_hexadecimal(std::string_view text);

}  // namespace preflight
