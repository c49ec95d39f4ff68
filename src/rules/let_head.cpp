#include "rules/let_head.hpp"

#include <algorithm>

#include "support/text.hpp"

namespace preflight::rules {

namespace {

bool is_identifier(std::string_view name) {
  const auto is_letter = [](char character) {
    return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
           character == '_';
  };
  return !name.empty() && is_letter(name.front()) && std::ranges::all_of(name, [&](char character) {
    return is_letter(character) || (character >= '0' && character <= '9');
  });
}

}  // namespace

std::optional<LetHead> read_let_head(std::string_view text) {
  LetHead head;
  const auto open = text.find('(');
  head.name = text.substr(0, open);
  if (!is_identifier(head.name)) return std::nullopt;
  if (open == std::string_view::npos) return head;
  if (!text.ends_with(')')) return std::nullopt;
  for (const auto parameter : split(text.substr(open + 1, text.size() - open - 2), ',')) {
    head.parameters.push_back(trim(parameter));
    if (!is_identifier(head.parameters.back())) return std::nullopt;
  }
  if (head.parameters.empty()) return std::nullopt;
  return head;
}

}  // namespace preflight::rules
