// Small views of text. Nothing here allocates more than its result.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace preflight {

// Without the ASCII white space at both ends.
std::string_view trim(std::string_view text);

// The pieces between separators; "a,,b" has three. An empty text has none.
std::vector<std::string_view> split(std::string_view text, char separator);

// The lines, without their "\n" or "\r\n"; no empty last line.
std::vector<std::string_view> lines(std::string_view text);

// The pieces between runs of white space.
std::vector<std::string_view> words(std::string_view text);

std::string to_lower(std::string_view text);

std::string join(const std::vector<std::string>& pieces, std::string_view separator);

constexpr bool is_digit(char character) {
  return character >= '0' && character <= '9';
}

// Nothing but decimal digits, at least one.
bool is_decimal(std::string_view text);

// A whole decimal number that fits; nothing else around it.
std::optional<long long> to_integer(std::string_view text);

// A whole hexadecimal number that fits, without a "0x"; nothing else around it.
std::optional<std::uint64_t> hexadecimal_number(std::string_view text);

}  // namespace preflight
