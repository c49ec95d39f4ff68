// Python source text as tokens: enough to find calls and literals in code that is never executed.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace preflight::python {

struct Token {
  enum class Kind { word, text, sign };  // name, keyword or number; string literal; any other character

  Kind kind = Kind::sign;
  std::string_view value;  // of a string literal what stands between its quotes, escapes as written

  bool is(std::string_view expected) const { return kind != Kind::text && value == expected; }
  bool is_text() const { return kind == Kind::text; }
};

// Without white space and comments. Takes any text; a literal that isn't closed ends with its line, one in
// triple quotes with the text. The tokens point into the text.
std::vector<Token> source_tokens(std::string_view text);

// The body of the module's function of this name: what is indented below its `def`. Empty without one.
std::string_view function_body(std::string_view module, std::string_view name);

}  // namespace preflight::python
