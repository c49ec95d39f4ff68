#include "facts/registry/areas.hpp"

namespace preflight::facts {

namespace {

constexpr Declaration kEngineFacts[] = {
    {"container_engines", kStrings,
     "Container engines whose programs are installed: docker, podman, containerd, crio, enroot, apptainer"},
    {"docker.version", kVersion, "Version of the installed Docker, from the database of Debian packages"},
    {"docker.snap", kBoolean, "Docker is installed as a snap"},
    {"docker.rootful", kBoolean, "A Docker daemon of root has its socket here (/run/docker.sock)"},
    {"docker.default_runtime", kString, "default-runtime of /etc/docker/daemon.json"},
    {"docker.nvidia_runtime", kBoolean, "/etc/docker/daemon.json names a runtime nvidia"},
    {"docker.cgroup_driver", kString,
     "native.cgroupdriver of /etc/docker/daemon.json: systemd or cgroupfs; absent when left to Docker"},
    {"podman.version", kVersion, "Version of the installed Podman, from the database of Debian packages"},
    {"containerd.default_runtime", kString, "default_runtime_name in containerd's configuration"},
    {"containerd.nvidia_runtime", kBoolean, "containerd's configuration names a runtime nvidia"},
    {"containerd.systemd_cgroup", kBoolean, "containerd lets systemd manage control groups (SystemdCgroup)"},
    {"kubelet.runtime", kString,
     "Container runtime that the kubelet of this node is told to use: containerd, docker, crio; absent when "
     "no kubelet is set up"},
    {"kubelet.cgroup_driver", kString, "cgroupDriver of the kubelet: systemd or cgroupfs"},
    {"slurm.constrain_devices", kBoolean,
     "ConstrainDevices in Slurm's cgroup.conf: jobs may use their own devices only; absent without Slurm"},
    {"selinux.mode", kString, "SELinux: enforcing or permissive; absent where it is off"},
    {"selinux.label_type", kString, "SELinux type of this process: container_t, unconfined_t, spc_t"},
    {"selinux.containers_use_devices", kBoolean,
     "SELinux lets confined containers use devices (boolean container_use_devices)"},
};

}  // namespace

std::span<const Declaration> engine_facts() {
  return kEngineFacts;
}

}  // namespace preflight::facts
