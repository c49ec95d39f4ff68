#include "probe/services/cdi_specification.hpp"

#include <set>

#include "probe/libraries/known.hpp"
#include "support/text.hpp"
#include "support/version.hpp"

namespace preflight::probe::services {

namespace {

constexpr std::size_t kMostPaths = 10'000;

// What follows the key: `: /usr/lib/a.so` up to the line's end, or `": "/usr/lib/a.so"` with its quotes.
std::string_view value_after_key(std::string_view text) {
  if (text.starts_with('"') || text.starts_with('\'')) text.remove_prefix(1);
  if (!text.starts_with(':')) return {};
  text = trim(text.substr(1, text.find('\n') - 1));
  if (text.empty() || (text.front() != '"' && text.front() != '\'')) return text;
  const auto end = text.find(text.front(), 1);
  return end == std::string_view::npos ? std::string_view() : text.substr(1, end - 1);
}

}  // namespace

std::optional<std::string> driver_version_of(std::string_view specification) {
  constexpr std::string_view kName = "libcuda.so.";
  for (auto at = specification.find(kName); at != std::string_view::npos;
       at = specification.find(kName, at + 1)) {
    const auto version = leading_dotted_version(specification.substr(at + kName.size()));
    if (auto found = libraries::version_in_name(std::string(kName) + std::string(version))) return found;
  }
  return std::nullopt;
}

std::vector<std::string> host_paths_of(std::string_view specification) {
  constexpr std::string_view kKey = "hostPath";
  std::vector<std::string> paths;
  std::set<std::string_view> seen;
  for (auto at = specification.find(kKey); at != std::string_view::npos && paths.size() < kMostPaths;
       at = specification.find(kKey, at + 1)) {
    const auto path = value_after_key(specification.substr(at + kKey.size()));
    if (path.starts_with('/') && seen.insert(path).second) paths.emplace_back(path);
  }
  return paths;
}

}  // namespace preflight::probe::services
