#include "python/interpreter_version.hpp"

#include <algorithm>

#include "python/characters.hpp"
#include "support/text.hpp"

namespace preflight::python {

namespace {

bool is_version_text(std::string_view text) {
  const auto allowed = [](char c) {
    return is_digit(c) || c == '.' || c == 'a' || c == 'b' || c == 'r' || c == 'c' || c == '+';
  };
  return !text.empty() && is_digit(text.front()) && std::ranges::all_of(text, allowed);
}

}  // namespace

std::optional<std::string> read_patchlevel(std::string_view text) {
  for (const auto line : lines(text)) {
    const auto pieces = words(line);
    if (pieces.size() < 3 || pieces[0] != "#define" || pieces[1] != "PY_VERSION") continue;
    const auto quoted = pieces[2];
    if (quoted.size() < 3 || quoted.front() != '"' || quoted.back() != '"') continue;
    const auto version = quoted.substr(1, quoted.size() - 2);
    if (is_version_text(version)) return std::string(version);
  }
  return {};
}

bool is_interpreter_version(std::string_view text, std::string_view series) {
  constexpr std::size_t kLongest = 24;
  return text.size() <= kLongest && text.starts_with(series) && is_version_text(text) &&
         text.substr(series.size()).starts_with('.') && is_digit(text.back() == '+' ? '0' : text.back());
}

std::string_view series_of_library(std::string_view name) {
  const auto digits = name.find_first_of("0123456789");
  if (digits == std::string_view::npos) return {};
  const auto stem = name.substr(0, digits);
  if (stem != "python" && stem != "pypy") return {};
  auto series = name.substr(digits);
  if (series.ends_with('t') || series.ends_with('m')) series.remove_suffix(1);  // ABI flags
  const auto dot = series.find('.');
  const auto is_number = [](std::string_view text) {
    return !text.empty() && text.size() <= 3 && std::ranges::all_of(text, is_digit);
  };
  if (dot == std::string_view::npos || !is_number(series.substr(0, dot)) ||
      !is_number(series.substr(dot + 1))) {
    return {};
  }
  return series;
}

std::optional<CondaPackage> read_conda_record_name(std::string_view file) {
  constexpr std::string_view kSuffix = ".json";
  if (!file.ends_with(kSuffix)) return {};
  file.remove_suffix(kSuffix.size());
  const auto build = file.rfind('-');
  if (build == std::string_view::npos || build == 0) return {};
  const auto version = file.rfind('-', build - 1);
  if (version == std::string_view::npos || version == 0 || version + 1 == build) return {};
  return CondaPackage{file.substr(0, version), file.substr(version + 1, build - version - 1)};
}

}  // namespace preflight::python
