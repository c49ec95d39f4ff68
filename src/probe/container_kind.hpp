// Telling a container by the marks that its manager leaves. Sources: systemd's "Container Interface" and
// systemd-detect-virt, podman-run(1), Enroot's runtime, the Apptainer manual, the Kubernetes documentation.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "probe/mounts.hpp"
#include "probe/process_variables.hpp"

namespace preflight::probe {

struct ContainerKind {
  std::string_view kind;
  std::string source;  // the mark that told
};

// By the variables that Apptainer, Singularity and Kubernetes set in every process.
std::optional<ContainerKind> kind_by_variables(const Variables& variables);

// By what the manager mounted: Enroot's lock, the kubelet's hosts file, where the layers of "/" lie.
std::optional<ContainerKind> kind_by_mounts(const std::vector<Mount>& mounts);

// By the names of the process' control groups (/proc/self/cgroup).
std::optional<ContainerKind> kind_by_cgroups(std::string_view text);

// By the name that a manager gives itself in the variable `container` or in systemd's files: "other" for one
// that is not known here; nothing for "wsl" and for an empty name.
std::optional<std::string_view> kind_by_manager(std::string_view name);

// Version of the Windows Subsystem for Linux by its kernel's release; nothing for other kernels.
std::optional<int> wsl_version(std::string_view kernel_release);

}  // namespace preflight::probe
