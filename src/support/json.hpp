// JSON text into nlohmann values and back, for text that strangers may have written.
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

// The value on one line. What isn't UTF-8 becomes U+FFFD: texts come from logs and files of strangers.
std::string json_line(const nlohmann::json& value);

}  // namespace preflight
