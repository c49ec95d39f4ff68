// The mounts that a process sees: /proc/PID/mountinfo (proc(5)).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace preflight::probe {

constexpr std::string_view kMountsPath = "/proc/self/mountinfo";

// A node of a Kubernetes cluster may have some thousand mounts.
constexpr std::size_t kMostMountBytes = std::size_t{4} << 20;

struct Mount {
  std::string root;     // what of the file system is mounted
  std::string point;    // where
  std::string type;     // "ext4", "overlay", "cgroup2"
  std::string source;   // a device, or any name
  std::string options;  // of the file system, separated by commas
};

// In the order of the file: of two mounts at one point, the later one shows. Octal escapes (\040) are undone;
// lines in another form are left out.
std::vector<Mount> parse_mounts(std::string_view text);

// The mount that shows at this point; a null pointer when nothing is mounted there.
const Mount* find_mount(const std::vector<Mount>& mounts, std::string_view point);

// The value of an option ("65536k" of "size"); empty when the option is not there or has none.
std::string_view mount_option(const Mount& mount, std::string_view name);

}  // namespace preflight::probe
