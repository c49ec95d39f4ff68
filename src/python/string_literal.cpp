#include "python/string_literal.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "python/characters.hpp"
#include "support/utf8.hpp"

namespace preflight::python {

namespace {

constexpr std::string_view kSimpleEscapes = "\\'\"abfnrtv";
constexpr std::string_view kSimpleValues = "\\'\"\a\b\f\n\r\t\v";
static_assert(kSimpleEscapes.size() == kSimpleValues.size());

std::optional<unsigned> hexadecimal_value(char c) {
  if (is_digit(c)) return static_cast<unsigned>(c - '0');
  if (lower(c) >= 'a' && lower(c) <= 'f') return static_cast<unsigned>(lower(c) - 'a' + 10);
  return std::nullopt;
}

// Takes exactly `count` hexadecimal digits.
std::optional<std::uint32_t> take_hexadecimal(std::string_view& text, std::size_t count) {
  if (text.size() < count) return std::nullopt;
  std::uint32_t value = 0;
  for (const char c : text.substr(0, count)) {
    const std::optional<unsigned> digit = hexadecimal_value(c);
    if (!digit) return std::nullopt;
    value = value * 16 + *digit;
  }
  text.remove_prefix(count);
  return value;
}

// Takes one to three octal digits.
std::uint32_t take_octal(std::string_view& text) {
  std::uint32_t value = 0;
  for (int count = 0; count < 3 && !text.empty() && text[0] >= '0' && text[0] <= '7'; ++count) {
    value = value * 8 + static_cast<std::uint32_t>(text[0] - '0');
    text.remove_prefix(1);
  }
  return value;
}

// Reads what follows a backslash. An escape that Python doesn't know keeps its backslash.
bool append_escape(std::string& value, std::string_view& text) {
  if (text.empty()) return false;
  const char c = text.front();
  if (c >= '0' && c <= '7') return append_utf8(value, take_octal(text));
  text.remove_prefix(1);
  if (c == '\n') return true;
  if (c == '\r') {
    if (text.starts_with('\n')) text.remove_prefix(1);
    return true;
  }
  if (const std::size_t place = kSimpleEscapes.find(c); place != std::string_view::npos) {
    value += kSimpleValues[place];
    return true;
  }
  if (c == 'x' || c == 'u' || c == 'U') {
    const std::optional<std::uint32_t> code = take_hexadecimal(text, c == 'x' ? 2 : (c == 'u' ? 4 : 8));
    return code && append_utf8(value, *code);
  }
  if (c == 'N' || c == '\0') return false;
  value += {'\\', c};
  return true;
}

}  // namespace

std::optional<std::string> decode_string_literal(std::string_view body) {
  const auto is_special = [](char c) { return c == '\\' || c == '\n' || c == '\r' || c == '\0'; };
  std::string value;
  while (!body.empty()) {
    const auto special = std::find_if(body.begin(), body.end(), is_special);
    const auto plain = static_cast<std::size_t>(special - body.begin());
    value += body.substr(0, plain);
    body.remove_prefix(plain);
    if (body.empty()) break;
    if (body.front() != '\\') return std::nullopt;
    body.remove_prefix(1);
    if (!append_escape(value, body)) return std::nullopt;
  }
  return value;
}

}  // namespace preflight::python
