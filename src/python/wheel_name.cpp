#include "python/wheel_name.hpp"

#include <algorithm>

#include "python/installed_name.hpp"
#include "python/name.hpp"
#include "python/version.hpp"
#include "support/text.hpp"

namespace preflight::python {

std::optional<WheelName> read_wheel_name(std::string_view file) {
  constexpr std::string_view kSuffix = ".whl";
  if (!file.ends_with(kSuffix)) return std::nullopt;
  file.remove_suffix(kSuffix.size());
  const auto parts = split(file, '-');
  const bool has_build = parts.size() == 6;
  if (parts.size() != 5 && !has_build) return std::nullopt;
  const auto version = parse_version(parts[1]);
  if (!version || !is_valid_name(parts[0])) return std::nullopt;
  if (has_build && (parts[2].empty() || !is_digit(parts[2].front()))) return std::nullopt;
  const auto tags = parts.end() - 3;
  if (std::any_of(tags, parts.end(), [](std::string_view tag) { return tag.empty(); })) return std::nullopt;
  return WheelName{normalize_name(parts[0]), version->text(), tags[0], tags[1], tags[2]};
}

}  // namespace preflight::python
