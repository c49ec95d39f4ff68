#include "facts/registry/areas.hpp"

namespace preflight::facts {

namespace {

constexpr Declaration kContainerFacts[] = {
    {"container.kind", kString,
     "docker, podman, kubernetes, containerd, lxc, enroot, apptainer, systemd-nspawn or other; absent when "
     "not in a "
     "container"},
    {"namespaces.own", kStrings,
     "Namespaces in which this process is not in the machine's first one: cgroup, ipc, pid, user, uts; user "
     "in rootless and unprivileged containers"},
    {"cgroup.version", kInteger, "Version of the control groups: 1 or 2"},
    {"cgroup.memory_limit", kBytes, "Memory limit of this process' control group; absent when there is none"},
    {"cgroup.cpu_limit", kInteger, "CPU limit in thousandths of a core; absent when there is none"},
    {"cgroup.pids_limit", kInteger, "Limit of processes and threads; absent when there is none"},
    {"shm.size", kBytes, "Size of the file system at /dev/shm"},
    {"shm.used", kBytes, "Bytes in use in the file system at /dev/shm"},
    {"nvidia_require.unmet", kStrings,
     "The image's NVIDIA_REQUIRE_* variables that the driver and the GPUs do not meet, as name=value",
     Weight::ordinary, Origin::derived},
};

}  // namespace

std::span<const Declaration> container_facts() {
  return kContainerFacts;
}

}  // namespace preflight::facts
