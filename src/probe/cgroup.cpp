// Limits of the process' control groups. A limit of any group up the tree binds: the lowest that can be seen
// is the one that matters.
#include <algorithm>

#include "probe/cgroup_limits.hpp"
#include "probe/probe.hpp"
#include "probe/reading.hpp"
#include "support/text.hpp"

namespace preflight::probe {

namespace {

constexpr int kMostLevels = 64;

struct Control {
  std::string_view fact;
  std::string_view controller;
  std::string_view file_v1;
  std::string_view file_v2;
};
constexpr Control kControls[] = {
    {"cgroup.memory_limit", "memory", "memory.limit_in_bytes", "memory.max"},
    {"cgroup.cpu_limit", "cpu", "cpu.cfs_quota_us", "cpu.max"},
    {"cgroup.pids_limit", "pids", "pids.max", "pids.max"},
};

// The limit that one group's file sets.
Result<CgroupLimit> limit_of(const target::FileTree& files, const Control& control, const CgroupPlace& place,
                             const std::string& group) {
  const bool first = place.version == CgroupVersion::v1;
  const auto path = target::join_path(group, first ? control.file_v1 : control.file_v2);
  const auto text = read_trimmed(files, path);
  if (!text) return text.error();
  std::optional<CgroupLimit> limit;
  if (control.controller != "cpu") {
    limit = parse_cgroup_limit(*text);
  } else if (first) {
    const auto period = read_trimmed(files, target::join_path(group, "cpu.cfs_period_us"));
    if (!period) return period.error();
    limit = parse_cpu_limit(*text, *period);
  } else {
    const auto pieces = words(*text);
    if (pieces.size() == 2) limit = parse_cpu_limit(pieces[0], pieces[1]);
  }
  if (!limit) return Error{ErrorKind::malformed, "not a limit: " + path};
  return *limit;
}

void set_limit(const target::FileTree& files, facts::SubjectWriter& host, const Control& control,
               const CgroupPlace& place) {
  std::optional<std::int64_t> lowest;
  std::string lowest_group = place.group;
  std::string group = place.group;
  for (int level = 0; level < kMostLevels; ++level) {
    const auto limit = limit_of(files, control, place, group);
    if (!limit && limit.error().kind != ErrorKind::not_found) {
      set_error(host, control.fact, limit.error(), group);
      return;
    }
    const auto* number = limit ? std::get_if<std::int64_t>(&*limit) : nullptr;
    if (number != nullptr && (!lowest || *number < *lowest)) {
      lowest = *number;
      lowest_group = group;
    }
    if (group.size() <= place.mount.size()) break;
    group = target::parent_path(group);
  }
  const auto source =
      target::join_path(lowest_group, place.version == CgroupVersion::v1 ? control.file_v1 : control.file_v2);
  if (lowest) {
    host.set(control.fact, *lowest, source);
  } else {
    host.absent(control.fact, source);
  }
}

void run_cgroup(const Context& context, facts::FactWriter& writer) {
  auto& host = writer.host();
  const auto self = context.files.read(kSelfCgroupPath);
  if (!self) {
    set_rest_error(host, "cgroup.", self.error(), kSelfCgroupPath);
    return;
  }
  if (const auto version = cgroup_version(*self)) {
    host.set("cgroup.version", *version == CgroupVersion::v1 ? 1 : 2, kSelfCgroupPath);
  } else {
    host.absent("cgroup.version", kSelfCgroupPath);
  }
  const auto text = context.files.read(kMountsPath, kMostMountBytes);
  if (!text) {
    set_rest_error(host, "cgroup.", text.error(), kMountsPath);
    return;
  }
  const auto mounts = parse_mounts(*text);
  for (const auto& control : kControls) {
    if (const auto place = find_cgroup(*self, mounts, control.controller)) {
      set_limit(context.files, host, control, *place);
    } else {
      host.unknown(control.fact, {"its control groups are not mounted here"}, kMountsPath);
    }
  }
}

}  // namespace

Probe cgroup_probe() {
  static constexpr std::string_view kReads[] = {
      kSelfCgroupPath, kMountsPath,           "**/memory.max",        "**/memory.limit_in_bytes",
      "**/cpu.max",    "**/cpu.cfs_quota_us", "**/cpu.cfs_period_us", "**/pids.max"};
  static constexpr Sets kSets[] = {{"host", "cgroup."}};
  return {"cgroup",  "Limits of the process' control groups", Needs::running_system, kReads, kSets,
          run_cgroup};
}

}  // namespace preflight::probe
