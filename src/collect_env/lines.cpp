#include "collect_env/lines.hpp"

#include "support/text.hpp"

namespace preflight::collect_env {

namespace {

constexpr char kEscape = '\x1B';
constexpr char kBell = '\x07';

// Length of the escape sequence that the text begins with.
std::size_t escape_length(std::string_view text) {
  if (text.size() < 2) return text.size();
  std::size_t length = 2;
  if (text[1] == '[') {  // parameters, then one final byte from @ to ~
    while (length < text.size() && (text[length] < '@' || text[length] > '~')) ++length;
    return length < text.size() ? length + 1 : length;
  }
  if (text[1] == ']') {  // text that ends with a bell or an escape
    while (length < text.size() && text[length] != kBell && text[length] != kEscape) ++length;
    return length < text.size() && text[length] == kBell ? length + 1 : length;
  }
  return length;
}

std::string without_controls(std::string_view line) {
  std::string kept;
  kept.reserve(line.size());
  while (!line.empty()) {
    const char first = line.front();
    if (first == kEscape) {
      line.remove_prefix(escape_length(line));
      continue;
    }
    const bool control = (first >= 0 && first < ' ' && first != '\t') || first == '\x7F';
    if (!control) kept += first;
    line.remove_prefix(1);
  }
  return kept;
}

std::string_view without_quotes(std::string_view line) {
  line = trim(line);
  while (line.starts_with("> ") || line == ">" || line.starts_with(">>")) line = trim(line.substr(1));
  const auto fence_end = line.find_first_not_of('`');
  if (line.starts_with('`') && fence_end != std::string_view::npos) line = trim(line.substr(fence_end));
  return line;
}

}  // namespace

std::vector<Line> clean_lines(std::string_view text) {
  std::vector<Line> found;
  const bool ends_whole = text.ends_with('\n');
  for (const auto line : lines(text)) {
    std::string cleaned(without_quotes(without_controls(line)));
    const bool repeats_blank = cleaned.empty() && !found.empty() && found.back().text.empty();
    if (!repeats_blank) found.push_back({std::move(cleaned), true});
  }
  if (!found.empty()) found.back().whole = ends_whole;
  return found;
}

}  // namespace preflight::collect_env
