// JSON text into nlohmann values, for text that strangers may have written.
#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "support/result.hpp"

namespace preflight {

// Limits on what is parsed: a value in memory takes up to forty times the bytes of its text.
constexpr std::size_t kMostJsonDepth = 64;
constexpr std::size_t kMostJsonValues = 1'000'000;

// Parses one JSON value (RFC 8259; comments are not allowed). Errors: malformed, with "line L, column C:
// ..."; what goes over a limit is malformed, too.
Result<nlohmann::json> parse_json(std::string_view text);

// Where a byte of the text is: lines and columns count from 1, columns in bytes.
struct Position {
  std::size_t line = 1;
  std::size_t column = 1;
};
Position position_of(std::string_view text, std::size_t offset);

}  // namespace preflight
