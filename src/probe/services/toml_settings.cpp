#include "probe/services/toml_settings.hpp"

#include <optional>

#include "support/text.hpp"

namespace preflight::probe::services {

namespace {

constexpr std::size_t kMostSettings = 1000;

// A value at the beginning of the text, what follows it aside. Nothing for arrays and inline tables.
std::optional<std::string> read_value(std::string_view text) {
  if (text.empty() || text.front() == '[' || text.front() == '{') return std::nullopt;
  const char quote = text.front();
  if (quote != '"' && quote != '\'') return std::string(trim(text.substr(0, text.find('#'))));
  std::string value;
  for (std::size_t at = 1; at < text.size(); ++at) {
    if (text[at] == quote) return value;
    if (text[at] == '\\' && quote == '"' && at + 1 < text.size()) ++at;
    value += text[at];
  }
  return std::nullopt;  // the quote isn't closed
}

std::string without_quotes(std::string_view key) {
  key = trim(key);
  if (key.size() >= 2 && key.front() == '"' && key.back() == '"') key = key.substr(1, key.size() - 2);
  return std::string(key);
}

}  // namespace

std::map<std::string, std::string, std::less<>> read_toml_settings(std::string_view text) {
  std::map<std::string, std::string, std::less<>> settings;
  std::string table;
  for (auto line : lines(text)) {
    line = trim(line);
    if (line.starts_with('[')) {
      const auto end = line.find(']');
      if (end != std::string_view::npos) table = std::string(trim(line.substr(1, end - 1))) + '.';
      continue;
    }
    const auto equals = line.find('=');
    if (line.starts_with('#') || equals == std::string_view::npos || settings.size() == kMostSettings)
      continue;
    auto value = read_value(trim(line.substr(equals + 1)));
    if (value) settings.insert_or_assign(table + without_quotes(line.substr(0, equals)), std::move(*value));
  }
  return settings;
}

}  // namespace preflight::probe::services
