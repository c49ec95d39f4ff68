// Where the control groups of a process are, and what their files say (cgroups(7), the kernel's documents
// "Control Group v1" and "Control Group v2").
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "probe/mounts.hpp"

namespace preflight::probe {

constexpr std::string_view kSelfCgroupPath = "/proc/self/cgroup";

enum class CgroupVersion { v1, v2 };

// The control group of a process for one controller, as directories of the tree.
struct CgroupPlace {
  CgroupVersion version = CgroupVersion::v2;
  std::string mount;  // where its hierarchy is mounted
  std::string group;  // the process' group: `mount` or below it
};

// The version whose hierarchy controls `memory`; else of any hierarchy; nothing without control groups.
std::optional<CgroupVersion> cgroup_version(std::string_view self_cgroup);

// The group for a controller, by /proc/self/cgroup and the mounts; nothing when it is not mounted here. Where
// the group lies outside what is mounted, the mount itself is the outermost group that can be seen.
std::optional<CgroupPlace> find_cgroup(std::string_view self_cgroup, const std::vector<Mount>& mounts,
                                       std::string_view controller);

struct NoLimit {
  friend bool operator==(NoLimit, NoLimit) = default;
};
using CgroupLimit = std::variant<NoLimit, std::int64_t>;

// Bytes or a count: a number or "max". Version 1 writes "no limit" as a number near 2^63.
std::optional<CgroupLimit> parse_cgroup_limit(std::string_view text);

// Thousandths of a core, of microseconds of quota and period: "50000 100000" is 500; "max" or -1 is no limit.
std::optional<CgroupLimit> parse_cpu_limit(std::string_view quota, std::string_view period);

}  // namespace preflight::probe
