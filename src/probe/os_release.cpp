#include "probe/os_release.hpp"

#include <algorithm>

#include "support/text.hpp"

namespace preflight::probe {

namespace {

// Without shell quoting. What follows a closing quote is read on, as a shell does.
std::string unquoted(std::string_view text) {
  std::string value;
  char quote = '\0';
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char character = text[at];
    const bool escapes = character == '\\' && quote != '\'' && at + 1 < text.size();
    if (escapes) {
      value += text[++at];
    } else if (quote == '\0' && (character == '"' || character == '\'')) {
      quote = character;
    } else if (character == quote) {
      quote = '\0';
    } else {
      value += character;
    }
  }
  return value;
}

bool is_name(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char character) {
    return (character >= 'A' && character <= 'Z') || (character >= 'a' && character <= 'z') ||
           (character >= '0' && character <= '9') || character == '_';
  });
}

}  // namespace

std::map<std::string, std::string, std::less<>> parse_os_release(std::string_view text) {
  std::map<std::string, std::string, std::less<>> values;
  for (auto line : lines(text)) {
    line = trim(line);
    const auto equals = line.find('=');
    if (equals == std::string_view::npos || !is_name(line.substr(0, equals))) continue;
    values.insert_or_assign(std::string(line.substr(0, equals)), unquoted(line.substr(equals + 1)));
  }
  return values;
}

}  // namespace preflight::probe
