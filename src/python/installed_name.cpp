#include "python/installed_name.hpp"

#include <algorithm>
#include <array>

#include "python/characters.hpp"

namespace preflight::python {

namespace {

struct Suffix {
  std::string_view text;
  InstalledKind kind;
};

constexpr std::array kSuffixes = {
    Suffix{".dist-info", InstalledKind::dist_info},
    Suffix{".egg-info", InstalledKind::egg_info},
    Suffix{".egg", InstalledKind::egg},
    Suffix{".egg-link", InstalledKind::egg_link},
    Suffix{".pth", InstalledKind::path_file},
};

bool ends_with_ignoring_case(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && equal_ignoring_case(text.substr(text.size() - end.size()), end);
}

}  // namespace

InstalledName read_installed_name(std::string_view entry) {
  const auto* const suffix = std::ranges::find_if(
      kSuffixes, [&](const Suffix& one) { return ends_with_ignoring_case(entry, one.text); });
  if (suffix == kSuffixes.end()) return {};
  const auto stem = entry.substr(0, entry.size() - suffix->text.size());
  if (suffix->kind == InstalledKind::egg_link || suffix->kind == InstalledKind::path_file) {
    return {suffix->kind, stem, {}};
  }
  const auto dash = stem.find('-');
  if (dash == std::string_view::npos) return {suffix->kind, stem, {}};
  auto version = stem.substr(dash + 1);
  if (suffix->kind != InstalledKind::dist_info) version = version.substr(0, version.find('-'));
  return {suffix->kind, stem.substr(0, dash), version};
}

bool is_valid_name(std::string_view name) {
  const auto within = [](char c) { return is_alphanumeric(c) || c == '.' || c == '_' || c == '-'; };
  return !name.empty() && is_alphanumeric(name.front()) && is_alphanumeric(name.back()) &&
         std::ranges::all_of(name, within);
}

}  // namespace preflight::python
