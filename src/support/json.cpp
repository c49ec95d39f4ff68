#include "support/json.hpp"

#include <algorithm>

namespace preflight {

namespace {

// Offset at which the nesting becomes too deep; npos when it never does. Strings are skipped.
std::size_t too_deep_at(std::string_view text) {
  std::size_t depth = 0;
  bool in_string = false;
  for (std::size_t offset = 0; offset < text.size(); ++offset) {
    const char character = text[offset];
    if (in_string) {
      if (character == '\\') ++offset;
      if (character == '"') in_string = false;
    } else if (character == '"') {
      in_string = true;
    } else if (character == '[' || character == '{') {
      if (++depth > kMostJsonDepth) return offset;
    } else if ((character == ']' || character == '}') && depth > 0) {
      --depth;
    }
  }
  return std::string_view::npos;
}

Error malformed_at(std::string_view text, std::size_t offset, const std::string& what) {
  const Position position = position_of(text, offset);
  return {ErrorKind::malformed, "line " + std::to_string(position.line) + ", column " +
                                    std::to_string(position.column) + ": " + what};
}

}  // namespace

Position position_of(std::string_view text, std::size_t offset) {
  const auto before = text.substr(0, std::min(offset, text.size()));
  const auto newline = before.rfind('\n');
  return {1 + static_cast<std::size_t>(std::ranges::count(before, '\n')),
          newline == std::string_view::npos ? before.size() + 1 : before.size() - newline};
}

Result<nlohmann::json> parse_json(std::string_view text) {
  const std::size_t deep = too_deep_at(text);
  if (deep != std::string_view::npos) {
    return malformed_at(text, deep, "nested deeper than " + std::to_string(kMostJsonDepth) + " levels");
  }
  try {
    return nlohmann::json::parse(text);
  } catch (const nlohmann::json::parse_error& problem) {
    std::string what =
        problem.what();  // "[json.exception.parse_error.101] parse error at line ...: syntax error ..."
    const auto detail = what.find(": ");
    if (detail != std::string::npos) what.erase(0, detail + 2);
    return malformed_at(text, problem.byte == 0 ? 0 : problem.byte - 1, what);
  } catch (const nlohmann::json::exception& problem) {
    return Error{ErrorKind::malformed, problem.what()};
  }
}

}  // namespace preflight
