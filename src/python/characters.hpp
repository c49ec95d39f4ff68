// Character classes of the packaging specifications: ASCII letters and digits, and the white space that
// Python's `\s` and str.strip() know (Unicode's, given here as UTF-8).
#pragma once

#include <cstddef>
#include <string_view>

namespace preflight::python {

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
constexpr char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
constexpr bool is_letter(char c) {
  return lower(c) >= 'a' && lower(c) <= 'z';
}
constexpr bool is_alphanumeric(char c) {
  return is_digit(c) || is_letter(c);
}

// `text` without the spaces and tabs that it begins with.
constexpr std::string_view skip_blanks(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  return text;
}

// Letters outside ASCII are equal only to themselves.
bool equal_ignoring_case(std::string_view left, std::string_view right);

// The bytes of the one white-space character that `text` begins (ends) with; 0 when it begins (ends)
// otherwise.
std::size_t leading_space(std::string_view text);
std::size_t trailing_space(std::string_view text);

// `text` without white space around it, a view of the same bytes.
std::string_view strip(std::string_view text);
std::string_view strip_left(std::string_view text);

}  // namespace preflight::python
