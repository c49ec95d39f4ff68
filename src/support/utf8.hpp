#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace preflight {

// The text with every byte that is not part of well-formed UTF-8 (RFC 3629), and every NUL, replaced by
// U+FFFD.
std::string to_valid_utf8(std::string_view text);

// Appends the code point as UTF-8. False, and nothing appended, for surrogates and what lies above U+10FFFF.
bool append_utf8(std::string& text, std::uint32_t code_point);

}  // namespace preflight
