#include "python/record.hpp"

#include <string>

namespace preflight::python {

namespace {

// Where the line feed that ends the record stands, or the end: one between quotes belongs to a field.
std::size_t end_of_record(std::string_view text) {
  auto end = text.find('\n');
  if (text.substr(0, end).find('"') == std::string_view::npos)
    return end == std::string_view::npos ? text.size() : end;
  bool quoted = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (quoted) {
      quoted = text[at] != '"';  // a doubled one closes and opens again
    } else if (text[at] == '"') {
      quoted = at == 0 || text[at - 1] == ',' || text[at - 1] == '"';
    } else if (text[at] == '\n') {
      return at;
    }
  }
  return text.size();
}

// The first field of a record that begins with a quote; `unquoted` is room for one with doubled quotes.
std::string_view quoted_field(std::string_view record, std::string& unquoted) {
  record.remove_prefix(1);
  const auto end = record.find('"');
  if (end == std::string_view::npos || !record.substr(end).starts_with("\"\"")) return record.substr(0, end);
  unquoted.clear();
  for (std::size_t at = 0; at < record.size(); ++at) {
    if (record[at] == '"' && !record.substr(at).starts_with("\"\"")) break;
    if (record[at] == '"') ++at;
    unquoted += record[at];
  }
  return unquoted;
}

}  // namespace

void for_each_recorded_path(std::string_view text, const std::function<void(std::string_view path)>& accept) {
  std::string unquoted;
  while (!text.empty()) {
    const auto end = end_of_record(text);
    const auto record = text.substr(0, end);
    text.remove_prefix(end < text.size() ? end + 1 : end);
    auto path = record.starts_with('"') ? quoted_field(record, unquoted) : record.substr(0, record.find(','));
    while (path.ends_with('\r')) path.remove_suffix(1);
    if (!path.empty()) accept(path);
  }
}

bool is_shared_object_name(std::string_view name) {
  constexpr std::string_view kSuffix = ".so";
  const auto at = name.rfind(kSuffix);
  if (at == std::string_view::npos || at == 0) return false;
  const auto version = name.substr(at + kSuffix.size());
  if (version.empty()) return true;
  return version.starts_with('.') && version.size() > 1 &&
         version.find_first_not_of("0123456789.") == std::string_view::npos;
}

}  // namespace preflight::python
