#include "python/source_tokens.hpp"

#include <algorithm>

namespace preflight::python {

namespace {

bool is_word_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\\';
}

// r"", f"", b"", rb"" and their like.
bool is_literal_prefix(std::string_view word) {
  return word.size() <= 2 && std::ranges::all_of(word, [](char c) {
           return std::string_view("rRbBuUfF").find(c) != std::string_view::npos;
         });
}

// Takes the literal whose opening quote is the first character.
std::string_view take_literal(std::string_view& text) {
  const auto quote = text.front();
  const bool triple = text.size() >= 3 && text[1] == quote && text[2] == quote;
  const std::size_t width = triple ? 3 : 1;
  for (std::size_t at = width; at < text.size(); ++at) {
    if (text[at] == '\\') {
      ++at;
    } else if (text[at] == '\n' && !triple) {
      const auto value = text.substr(width, at - width);
      text.remove_prefix(at);
      return value;
    } else if (text[at] == quote && (!triple || text.substr(at).starts_with(text.substr(0, 3)))) {
      const auto value = text.substr(width, at - width);
      text.remove_prefix(at + width);
      return value;
    }
  }
  const auto value = text.substr(width);
  text = {};
  return value;
}

std::string_view take_line(std::string_view& text) {
  const auto end = text.find('\n');
  const auto line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

}  // namespace

std::vector<Token> source_tokens(std::string_view text) {
  std::vector<Token> tokens;
  while (!text.empty()) {
    const char c = text.front();
    if (is_space(c)) {
      text.remove_prefix(1);
    } else if (c == '#') {
      (void)take_line(text);
    } else if (c == '"' || c == '\'') {
      if (!tokens.empty() && tokens.back().kind == Token::Kind::word &&
          tokens.back().value.data() + tokens.back().value.size() == text.data() &&
          is_literal_prefix(tokens.back().value)) {
        tokens.pop_back();
      }
      tokens.push_back({Token::Kind::text, take_literal(text)});
    } else if (is_word_character(c)) {
      const auto end =
          static_cast<std::size_t>(std::ranges::find_if_not(text, is_word_character) - text.begin());
      tokens.push_back({Token::Kind::word, text.substr(0, end)});
      text.remove_prefix(end);
    } else {
      tokens.push_back({Token::Kind::sign, text.substr(0, 1)});
      text.remove_prefix(1);
    }
  }
  return tokens;
}

std::string_view function_body(std::string_view module, std::string_view name) {
  const auto head = "def " + std::string(name) + "(";
  auto start = module.starts_with(head) ? 0 : module.find("\n" + head);
  if (start == std::string_view::npos) return {};
  if (start != 0) ++start;
  auto rest = module.substr(start);
  // The head ends with the first line that ends with a colon; comments may follow it.
  while (!rest.empty()) {
    const auto line = take_line(rest);
    const auto code = line.substr(0, line.find('#'));
    const auto last = code.find_last_not_of(" \t\r");
    if (last != std::string_view::npos && code[last] == ':') break;
  }
  const auto body = rest;
  while (!rest.empty()) {
    const auto here = static_cast<std::size_t>(rest.data() - body.data());
    const auto line = take_line(rest);
    if (!line.empty() && !is_space(line.front()) && line.front() != '#') return body.substr(0, here);
  }
  return body;
}

}  // namespace preflight::python
