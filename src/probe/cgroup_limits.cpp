#include "probe/cgroup_limits.hpp"

#include <algorithm>

#include "support/text.hpp"
#include "target/file_tree.hpp"

namespace preflight::probe {

namespace {

struct Line {
  std::string_view controllers;
  std::string_view path;
};

// "4:memory:/a", "0::/a"; paths may hold colons.
std::vector<Line> parse_lines(std::string_view self_cgroup) {
  std::vector<Line> found;
  for (const auto line : lines(self_cgroup)) {
    const auto first = line.find(':');
    if (first == std::string_view::npos) continue;
    const auto second = line.find(':', first + 1);
    if (second == std::string_view::npos) continue;
    found.push_back({line.substr(first + 1, second - first - 1), line.substr(second + 1)});
  }
  return found;
}

bool names(std::string_view list, std::string_view item) {
  const auto items = split(list, ',');
  return std::ranges::find(items, item) != items.end();
}

// The group `path` of a hierarchy of which `mount.root` is mounted at `mount.point`.
std::string group_directory(const Mount& mount, std::string_view path) {
  if (mount.root != "/") path = path.starts_with(mount.root) ? path.substr(mount.root.size()) : "";
  const bool inside = path.starts_with('/') && path != "/" && path.find("/..") == std::string_view::npos;
  return inside ? target::join_path(mount.point, path) : mount.point;
}

}  // namespace

std::optional<CgroupVersion> cgroup_version(std::string_view self_cgroup) {
  std::optional<CgroupVersion> version;
  for (const auto& line : parse_lines(self_cgroup)) {
    if (names(line.controllers, "memory")) return CgroupVersion::v1;
    if (line.controllers.empty()) {
      version = CgroupVersion::v2;
    } else if (!version) {
      version = CgroupVersion::v1;
    }
  }
  return version;
}

std::optional<CgroupPlace> find_cgroup(std::string_view self_cgroup, const std::vector<Mount>& mounts,
                                       std::string_view controller) {
  const auto group_lines = parse_lines(self_cgroup);
  const auto place = [&](CgroupVersion version, std::string_view type) -> std::optional<CgroupPlace> {
    const bool first = version == CgroupVersion::v1;
    const auto line = std::ranges::find_if(group_lines, [&](const Line& candidate) {
      return first ? names(candidate.controllers, controller) : candidate.controllers.empty();
    });
    if (line == group_lines.end()) return std::nullopt;
    const auto mount = std::ranges::find_if(mounts, [&](const Mount& candidate) {
      return candidate.type == type && (!first || names(candidate.options, controller));
    });
    if (mount == mounts.end()) return std::nullopt;
    return CgroupPlace{version, mount->point, group_directory(*mount, line->path)};
  };
  if (auto found = place(CgroupVersion::v1, "cgroup")) return found;
  return place(CgroupVersion::v2, "cgroup2");
}

std::optional<CgroupLimit> parse_cgroup_limit(std::string_view text) {
  constexpr long long kNoLimit = 1LL << 62;
  text = trim(text);
  if (text == "max" || text == "-1") return NoLimit{};
  const auto number = to_integer(text);
  if (!number || *number < 0) return std::nullopt;
  if (*number >= kNoLimit) return NoLimit{};
  return std::int64_t{*number};
}

std::optional<CgroupLimit> parse_cpu_limit(std::string_view quota, std::string_view period) {
  constexpr long long kMost = 1LL << 50;
  quota = trim(quota);
  if (quota == "max" || quota == "-1") return NoLimit{};
  const auto allowed = to_integer(quota);
  const auto of = to_integer(trim(period));
  if (!allowed || !of || *allowed < 0 || *allowed > kMost || *of <= 0) return std::nullopt;
  return std::int64_t{*allowed * 1000 / *of};
}

}  // namespace preflight::probe
