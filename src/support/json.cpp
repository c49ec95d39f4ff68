#include "support/json.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "support/position.hpp"

namespace preflight {

namespace {

struct Excess {
  std::size_t offset = 0;
  std::string what;
};

// Where the text first goes over a limit, if it does. Strings are skipped.
std::optional<Excess> find_excess(std::string_view text) {
  std::size_t depth = 0;
  std::size_t values = 0;  // all but the first one of each array and object: those after a comma
  bool in_string = false;
  for (std::size_t offset = 0; offset < text.size(); ++offset) {
    const char character = text[offset];
    if (in_string) {
      if (character == '\\') ++offset;
      if (character == '"') in_string = false;
    } else if (character == '"') {
      in_string = true;
    } else if (character == '[' || character == '{') {
      if (++depth > kMostJsonDepth) {
        return Excess{offset, "nested deeper than " + std::to_string(kMostJsonDepth) + " levels"};
      }
    } else if (character == ']' || character == '}') {
      depth -= std::min<std::size_t>(depth, 1);
    } else if (character == ',' && ++values > kMostJsonValues) {
      return Excess{offset, "more than " + std::to_string(kMostJsonValues) + " values"};
    }
  }
  return std::nullopt;
}

Error malformed_at(std::string_view text, std::size_t offset, std::string what) {
  return {ErrorKind::malformed, to_text(Issue{offset, std::move(what)}, text)};
}

}  // namespace

Result<nlohmann::json> parse_json(std::string_view text) {
  if (const auto excess = find_excess(text)) return malformed_at(text, excess->offset, excess->what);
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

std::string json_line(const nlohmann::json& value) {
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace preflight
