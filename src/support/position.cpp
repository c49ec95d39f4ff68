#include "support/position.hpp"

#include <algorithm>

namespace preflight {

Position position_of(std::string_view text, std::size_t offset) {
  const auto before = text.substr(0, std::min(offset, text.size()));
  const auto newline = before.rfind('\n');
  return {1 + static_cast<std::size_t>(std::ranges::count(before, '\n')),
          newline == std::string_view::npos ? before.size() + 1 : before.size() - newline};
}

std::string to_text(const Issue& issue, std::string_view text) {
  const Position position = position_of(text, issue.offset);
  return "line " + std::to_string(position.line) + ", column " + std::to_string(position.column) + ": " +
         issue.message;
}

}  // namespace preflight
