// Tokens of the expression language (docs/rule-language.md).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "support/position.hpp"

namespace preflight::rules {

enum class TokenKind : std::uint8_t { identifier, integer, text, symbol, end, bad };

struct Token {
  TokenKind kind = TokenKind::end;
  std::uint32_t offset = 0;
  std::string_view written;  // as it stands in the source; of a text, with its quotes
};

class Lexer {
 public:
  explicit Lexer(std::string_view source) : source_(source) {}

  // The next token; `end` for ever after the last one. After `bad`, `problem()` says why.
  Token next();
  const Issue& problem() const { return problem_; }

 private:
  Token text_token(std::size_t begin);
  Token bad(std::size_t offset, std::string message);
  Token token(TokenKind kind, std::size_t begin) const;

  std::string_view source_;
  std::size_t offset_ = 0;
  Issue problem_;
};

// Whether a text literal, with its quotes, holds an escape: if not, its value is what stands between them.
bool has_escapes(std::string_view written);

// Appends the value of a text literal that is written with escapes. On a bad escape, the problem's offset
// counts from the beginning of the literal and its message is not empty.
Issue decode_text(std::string_view written, std::string& value);

}  // namespace preflight::rules
