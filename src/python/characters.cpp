#include "python/characters.hpp"

#include <algorithm>

namespace preflight::python {

namespace {

bool is_ascii_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r') || (c >= '\x1c' && c <= '\x1f');
}

bool is_wide_space(std::string_view character) {
  if (character.size() == 2) return character == "\xC2\x85" || character == "\xC2\xA0";
  if (character == "\xE1\x9A\x80" || character == "\xE3\x80\x80" || character == "\xE2\x81\x9F") return true;
  if (character.substr(0, 2) != "\xE2\x80") return false;
  const auto last = static_cast<unsigned char>(character[2]);
  return (last >= 0x80 && last <= 0x8A) || last == 0xA8 || last == 0xA9 || last == 0xAF;
}

}  // namespace

bool equal_ignoring_case(std::string_view left, std::string_view right) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [](char a, char b) { return lower(a) == lower(b); });
}

std::size_t leading_space(std::string_view text) {
  if (text.empty()) return 0;
  if (is_ascii_space(text.front())) return 1;
  if (static_cast<unsigned char>(text.front()) < 0x80) return 0;
  for (const std::size_t size : {2U, 3U}) {
    if (text.size() >= size && is_wide_space(text.substr(0, size))) return size;
  }
  return 0;
}

std::size_t trailing_space(std::string_view text) {
  if (text.empty()) return 0;
  if (is_ascii_space(text.back())) return 1;
  if (static_cast<unsigned char>(text.back()) < 0x80) return 0;
  for (const std::size_t size : {2U, 3U}) {
    if (text.size() >= size && is_wide_space(text.substr(text.size() - size))) return size;
  }
  return 0;
}

std::string_view strip_left(std::string_view text) {
  while (const std::size_t size = leading_space(text)) text.remove_prefix(size);
  return text;
}

std::string_view strip(std::string_view text) {
  text = strip_left(text);
  while (const std::size_t size = trailing_space(text)) text.remove_suffix(size);
  return text;
}

}  // namespace preflight::python
