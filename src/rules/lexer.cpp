#include "rules/lexer.hpp"

#include <array>
#include <charconv>
#include <utility>

#include "support/utf8.hpp"

namespace preflight::rules {

namespace {

constexpr bool is_digit(char character) {
  return character >= '0' && character <= '9';
}
constexpr bool is_name_start(char character) {
  return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') || character == '_';
}
constexpr bool is_space(char character) {
  return character == ' ' || character == '\t' || character == '\n' || character == '\r';
}

struct NumericEscape {
  std::size_t skip;    // characters between the backslash and the digits
  std::size_t digits;  // exactly as many
  int base;
};

NumericEscape numeric_escape(char letter) {
  switch (letter) {
    case 'x':
    case 'X':
      return {1, 2, 16};
    case 'u':
      return {1, 4, 16};
    case 'U':
      return {1, 8, 16};
    default:
      return {0, letter >= '0' && letter <= '3' ? std::size_t{3} : std::size_t{0}, 8};
  }
}

char simple_escape(char letter) {
  static constexpr std::string_view kLetters = "abfnrtv\\?\"'`";
  static constexpr std::string_view kValues = "\a\b\f\n\r\t\v\\?\"'`";
  const auto place = kLetters.find(letter);
  return place == std::string_view::npos ? '\0' : kValues[place];
}

}  // namespace

Token Lexer::token(TokenKind kind, std::size_t begin) const {
  return {kind, static_cast<std::uint32_t>(begin), source_.substr(begin, offset_ - begin)};
}

Token Lexer::bad(std::size_t offset, std::string message) {
  problem_ = {offset, std::move(message)};
  offset_ = source_.size();
  return {TokenKind::bad, static_cast<std::uint32_t>(offset), {}};
}

Token Lexer::text_token(std::size_t begin) {
  const char quote = source_[begin];
  for (offset_ = begin + 1; offset_ < source_.size(); ++offset_) {
    const char character = source_[offset_];
    if (character == '\n') break;
    if (character == '\\') {
      ++offset_;
    } else if (character == quote) {
      ++offset_;
      return token(TokenKind::text, begin);
    }
  }
  return bad(begin, "this text has no closing quote");
}

Token Lexer::next() {
  while (offset_ < source_.size() && is_space(source_[offset_])) ++offset_;
  const std::size_t begin = offset_;
  if (begin >= source_.size()) return token(TokenKind::end, begin);
  const char first = source_[begin];
  if (is_name_start(first)) {
    while (offset_ < source_.size() && (is_name_start(source_[offset_]) || is_digit(source_[offset_]))) {
      ++offset_;
    }
    return token(TokenKind::identifier, begin);
  }
  if (is_digit(first)) {
    while (offset_ < source_.size() && is_digit(source_[offset_])) ++offset_;
    if (offset_ < source_.size() && is_name_start(source_[offset_])) {
      return bad(begin, "not a decimal integer");
    }
    if (offset_ + 1 < source_.size() && source_[offset_] == '.' && is_digit(source_[offset_ + 1])) {
      return bad(begin, "there are no fractions; a version is written version(\"12.1\")");
    }
    return token(TokenKind::integer, begin);
  }
  if (first == '"' || first == '\'') return text_token(begin);
  static constexpr std::array<std::string_view, 6> kPairs = {"&&", "||", "==", "!=", "<=", ">="};
  for (const auto pair : kPairs) {
    if (source_.substr(begin, 2) == pair) {
      offset_ += 2;
      return token(TokenKind::symbol, begin);
    }
  }
  static constexpr std::string_view kSingles = "!<>+-*/%?:.,()[]";
  if (kSingles.find(first) != std::string_view::npos) {
    ++offset_;
    return token(TokenKind::symbol, begin);
  }
  if (first == '=') return bad(begin, "equality is written ==");
  if (first == '&') return bad(begin, "'and' is written &&");
  if (first == '|') return bad(begin, "'or' is written ||");
  if (first == '{' || first == '}') return bad(begin, "there are no map literals");
  return bad(begin, "unexpected character");
}

bool has_escapes(std::string_view written) {
  return written.find('\\') != std::string_view::npos;
}

Issue decode_text(std::string_view written, std::string& value) {
  for (std::size_t offset = 1; offset + 1 < written.size(); ++offset) {
    if (written[offset] != '\\') {
      value += written[offset];
      continue;
    }
    const std::size_t backslash = offset++;
    if (const char simple = simple_escape(written[offset]); simple != '\0') {
      value += simple;
      continue;
    }
    const auto [skip, digits, base] = numeric_escape(written[offset]);
    const char* begin = written.data() + offset + skip;
    std::uint32_t code = 0;
    if (digits == 0 || offset + skip + digits >= written.size() ||
        std::from_chars(begin, begin + digits, code, base).ptr != begin + digits || code == 0 ||
        !append_utf8(value, code)) {
      return {backslash, "not an escape of this language"};
    }
    offset += skip + digits - 1;
  }
  return {};
}

}  // namespace preflight::rules
