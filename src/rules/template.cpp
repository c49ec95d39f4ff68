#include "rules/template.hpp"

#include <algorithm>
#include <utility>

#include "rules/parser.hpp"

namespace preflight::rules {

namespace {

// The first brace from `offset` on; npos when there is none.
std::size_t find_brace(std::string_view text, std::size_t offset) {
  for (; offset < text.size(); ++offset) {
    if (text[offset] == '{' || text[offset] == '}') return offset;
  }
  return std::string_view::npos;
}

// The closing brace of a placeholder whose expression begins at `offset`; npos when there is none. Braces in
// the expression's text literals do not count.
std::size_t closing_brace(std::string_view text, std::size_t offset) {
  char quote = '\0';
  for (; offset < text.size(); ++offset) {
    const char character = text[offset];
    if (quote != '\0') {
      if (character == '\\') ++offset;
      if (character == quote) quote = '\0';
    } else if (character == '"' || character == '\'') {
      quote = character;
    } else if (character == '}') {
      return offset;
    }
  }
  return std::string_view::npos;
}

bool is_printable(const Type& type) {
  return type.is_invalid() || type.base <= Base::specifier || type.base == Base::subject;
}

// A text with its doubled braces made single.
void append_plain(std::string_view text, std::string& result) {
  std::size_t done = 0;
  for (auto brace = find_brace(text, 0); brace != std::string_view::npos; brace = find_brace(text, done)) {
    result += text.substr(done, brace + 1 - done);
    done = std::min(brace + 2, text.size());
  }
  result += text.substr(done);
}

NodeIndex check_placeholder(std::string_view source, std::size_t offset, Checker& checker, SyntaxTree& tree,
                            std::vector<Issue>& issues) {
  if (auto issue = parse_expression(source, tree)) {
    issues.push_back({offset + issue->offset, std::move(issue->message)});
    return kNoNode;
  }
  const std::size_t before = issues.size();
  const Checked checked = checker.check(tree, issues);
  for (std::size_t place = before; place < issues.size(); ++place) issues[place].offset += offset;
  if (!is_printable(checked.type))
    issues.push_back({offset, to_text(checked.type) + " cannot be shown in a text"});
  return checked.node;
}

}  // namespace

Template parse_template(std::string_view text, Checker& checker, SyntaxTree& tree,
                        std::vector<Issue>& issues) {
  Template message{text, {}};
  for (auto offset = find_brace(text, 0); offset != std::string_view::npos;
       offset = find_brace(text, offset)) {
    if (offset + 1 < text.size() && text[offset + 1] == text[offset]) {
      offset += 2;
      continue;
    }
    if (text[offset] == '}') {
      issues.push_back({offset, "a brace closes nothing; a brace itself is written }}"});
      ++offset;
      continue;
    }
    const std::size_t end = closing_brace(text, offset + 1);
    if (end == std::string_view::npos) {
      issues.push_back({offset, "this placeholder has no closing brace; a brace itself is written {{"});
      break;
    }
    const NodeIndex node =
        check_placeholder(text.substr(offset + 1, end - offset - 1), offset + 1, checker, tree, issues);
    message.placeholders.push_back(
        {static_cast<std::uint32_t>(offset), static_cast<std::uint32_t>(end + 1), node});
    offset = end + 1;
  }
  return message;
}

std::string render(const Template& message, Evaluator& evaluator) {
  const std::string_view text = message.text;
  std::string result;
  std::size_t done = 0;
  for (const auto& placeholder : message.placeholders) {
    append_plain(text.substr(done, placeholder.begin - done), result);
    result += to_text(evaluator.evaluate(placeholder.node));
    done = placeholder.end;
  }
  append_plain(text.substr(done), result);
  return result;
}

}  // namespace preflight::rules
