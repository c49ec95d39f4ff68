#include "catch.hpp"
#include "probe/services/cdi_specification.hpp"
#include "run_probe.hpp"

using namespace preflight;
using namespace preflight::probe::services;
using test::host_state;
using test::MemoryTree;
using test::run_probe;

TEST_CASE("Docker and Podman are told by package, snap, socket and settings") {
  MemoryTree root;
  root.file("/var/lib/dpkg/status",
            "Package: docker-ce\nStatus: install ok installed\nVersion: 5:27.4.1-1~ubuntu.24.04~noble\n\n"
            "Package: podman\nStatus: install ok installed\nVersion: 3.4.4+ds1-1ubuntu1\n")
      .directory("/snap/docker/2976")
      .fifo("/run/docker.sock")
      .file("/etc/docker/daemon.json",
            R"({"default-runtime": "nvidia", "runtimes": {"nvidia": {"path": "nvidia-container-runtime"}},
                "exec-opts": ["a", 1, "native.cgroupdriver=cgroupfs"]})");
  const auto document = run_probe("docker", root);
  CHECK(host_state(document, "docker.version") == "27.4.1");
  CHECK(host_state(document, "podman.version") == "3.4.4");
  CHECK(host_state(document, "docker.snap") == "true");
  CHECK(host_state(document, "docker.rootful") == "true");
  CHECK(host_state(document, "docker.default_runtime") == "nvidia");
  CHECK(host_state(document, "docker.nvidia_runtime") == "true");
  CHECK(host_state(document, "docker.cgroup_driver") == "cgroupfs");
  CHECK(host_state(run_probe("docker", root, probe::SystemState::at_rest), "docker.rootful") ==
        "not observable");
}

TEST_CASE("no engine is absent; one of no package has no version that can be told") {
  MemoryTree root;
  auto document = run_probe("docker", root);
  for (const auto* fact : {"docker.version", "podman.version", "docker.default_runtime",
                           "docker.nvidia_runtime", "docker.cgroup_driver"}) {
    CHECK(host_state(document, fact) == "absent");
  }
  CHECK(host_state(document, "docker.snap") == "false");
  CHECK(host_state(document, "docker.rootful") == "false");

  CHECK(host_state(document, "container_engines") == "");
  root.program("/usr/local/bin/enroot");
  root.program("/usr/bin/dockerd").file("/etc/docker/daemon.json", "{\"runtimes\": ");
  document = run_probe("docker", root);
  CHECK(host_state(document, "docker.version") == "not observable");
  CHECK(host_state(document, "container_engines") == "docker, enroot");
  CHECK(host_state(document, "docker.nvidia_runtime") == "unreadable");
  CHECK(host_state(document, "docker.cgroup_driver") == "unreadable");
  root.file("/etc/docker/daemon.json", "[]");
  CHECK(host_state(run_probe("docker", root), "docker.default_runtime") == "unreadable");
  root.file("/etc/docker/daemon.json", "{}");
  CHECK(host_state(run_probe("docker", root), "docker.nvidia_runtime") == "false");
}

TEST_CASE("containerd's runtimes are told in every layout of its configuration") {
  MemoryTree root;
  root.file(
      "/etc/containerd/config.toml",
      "version = 2\n[plugins.\"io.containerd.grpc.v1.cri\".containerd]\n  default_runtime_name = \"runc\"\n"
      "[plugins.\"io.containerd.grpc.v1.cri\".containerd.runtimes.runc.options]\n  SystemdCgroup = true\n");
  auto document = run_probe("kubernetes-node", root);
  CHECK(host_state(document, "containerd.default_runtime") == "runc");
  CHECK(host_state(document, "containerd.nvidia_runtime") == "false");
  CHECK(host_state(document, "containerd.systemd_cgroup") == "true");
  CHECK(host_state(document, "kubelet.runtime") == "absent");

  // A drop-in, as the container toolkit writes it, wins.
  root.file("/etc/containerd/conf.d/99-nvidia.toml",
            "version = 3\n[plugins.'io.containerd.cri.v1.runtime'.containerd]\n  default_runtime_name = "
            "\"nvidia\"\n"
            "[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.nvidia]\n  runtime_type = \"x\"\n");
  document = run_probe("kubernetes-node", root);
  CHECK(host_state(document, "containerd.nvidia_runtime") == "true");

  root.file("/var/lib/rancher/k3s/agent/etc/containerd/config.toml", "version = 2\n");
  document = run_probe("kubernetes-node", root);
  CHECK(host_state(document, "containerd.systemd_cgroup") == "absent");
  root.fifo("/var/lib/rancher/k3s/agent/etc/containerd/config.toml");
  CHECK(host_state(run_probe("kubernetes-node", root), "containerd.nvidia_runtime") == "unreadable");
}

TEST_CASE("the kubelet's runtime is told by its endpoint") {
  MemoryTree root;
  root.file("/var/lib/kubelet/config.yaml",
            "kind: KubeletConfiguration\ncgroupDriver: systemd\ncontainerRuntimeEndpoint: \"\"\n")
      .file("/var/lib/kubelet/kubeadm-flags.env",
            "KUBELET_KUBEADM_ARGS=\"--container-runtime-endpoint=unix:///var/run/cri-dockerd.sock --x=y\"\n");
  auto document = run_probe("kubernetes-node", root);
  CHECK(host_state(document, "kubelet.runtime") == "docker");
  CHECK(host_state(document, "kubelet.cgroup_driver") == "systemd");
  root.file("/var/lib/kubelet/config.yaml",
            "containerRuntimeEndpoint: unix:///run/containerd/containerd.sock\n");
  document = run_probe("kubernetes-node", root);
  CHECK(host_state(document, "kubelet.runtime") == "containerd");
  CHECK(host_state(document, "kubelet.cgroup_driver") == "absent");
  root.file("/var/lib/kubelet/config.yaml", "containerRuntimeEndpoint: unix:///x.sock\n");
  root.file("/var/lib/kubelet/kubeadm-flags.env", "");
  CHECK(host_state(run_probe("kubernetes-node", root), "kubelet.runtime") == "not observable");
}

TEST_CASE("CDI specifications are read in YAML and in JSON") {
  CHECK(
      host_paths_of("mounts:\n  - hostPath: /usr/lib/libcuda.so.1\n    containerPath: /usr/lib/libcuda.so.1\n"
                    "  - hostPath: '/usr/bin/nvidia-smi'\n  - hostPath: /usr/lib/libcuda.so.1\n") ==
      std::vector<std::string>{"/usr/lib/libcuda.so.1", "/usr/bin/nvidia-smi"});
  CHECK(host_paths_of(R"({"mounts":[{"hostPath":"/a/libx.so","options":["ro"]},{"hostPath": "/b"}]})") ==
        std::vector<std::string>{"/a/libx.so", "/b"});
  for (const auto* text : {"", "hostPath", "hostPath:", "hostPath: \"/a", "\"hostPath\"", "hostPath: a"}) {
    CHECK(host_paths_of(text).empty());
  }
  CHECK(driver_version_of("libcuda.so.1 libcuda.so.535.104.05\"") == "535.104.05");
}

TEST_CASE("files that a CDI specification names and the host lacks are told") {
  MemoryTree root;
  root.file("/etc/cdi/nvidia.yaml",
            "kind: nvidia.com/gpu\n  - hostPath: /usr/lib64/libnvidia-egl-wayland.so.1.1.13\n"
            "  - hostPath: /usr/lib64/libcuda.so.560.35.03\n  - hostPath: /run/nvidia-persistenced/socket\n")
      .file("/usr/lib64/libcuda.so.560.35.03", "x");
  auto document = run_probe("container-toolkit", root);
  CHECK(host_state(document, "container_toolkit.cdi_missing_files") ==
        "/usr/lib64/libnvidia-egl-wayland.so.1.1.13");
  root.file("/usr/lib64/libnvidia-egl-wayland.so.1.1.13", "x");
  document = run_probe("container-toolkit", root);
  CHECK(host_state(document, "container_toolkit.cdi_missing_files") == "");
  CHECK(host_state(run_probe("container-toolkit", MemoryTree()), "container_toolkit.cdi_missing_files") ==
        "absent");
}

TEST_CASE("the configured ldconfig is a program, a script or not there") {
  MemoryTree root;
  const auto kind = [&](const std::string& ldconfig) {
    root.file("/etc/nvidia-container-runtime/config.toml",
              "[nvidia-container-cli]\nldconfig = \"" + ldconfig + "\"\n");
    return host_state(run_probe("container-toolkit", root), "container_toolkit.ldconfig_kind");
  };
  root.file("/sbin/ldconfig", "#!/bin/sh\n")
      .file("/sbin/ldconfig.real",
            "\x7f"
            "ELF");
  CHECK(kind("@/sbin/ldconfig") == "script");
  CHECK(kind("/sbin/ldconfig") == "script");
  CHECK(kind("@/sbin/ldconfig.real") == "program");
  CHECK(kind("@/usr/sbin/ldconfig.real") == "absent");
  CHECK(kind("@/etc/shadow") == "not observable");
  CHECK(kind("") == "not observable");
}

TEST_CASE("Slurm's confinement of devices is told from cgroup.conf") {
  MemoryTree root;
  CHECK(host_state(run_probe("slurm", root), "slurm.constrain_devices") == "absent");
  root.file("/etc/slurm/slurm.conf", "ClusterName=c\n");
  CHECK(host_state(run_probe("slurm", root), "slurm.constrain_devices") == "false");
  root.file("/etc/slurm/cgroup.conf", "#ConstrainDevices=yes\nConstrainCores=yes\n");
  CHECK(host_state(run_probe("slurm", root), "slurm.constrain_devices") == "false");
  root.file("/etc/slurm/cgroup.conf", "constraindevices = Yes # all\n");
  CHECK(host_state(run_probe("slurm", root), "slurm.constrain_devices") == "true");
  root.fail("/etc/slurm/cgroup.conf", {ErrorKind::not_permitted, "permission denied"});
  CHECK(host_state(run_probe("slurm", root), "slurm.constrain_devices") == "unreadable");
}

TEST_CASE("SELinux is told from its file system and the process' label") {
  MemoryTree root;
  root.file("/sys/fs/selinux/enforce", "1")
      .file("/sys/fs/selinux/booleans/container_use_devices", "0 0")
      .file("/proc/self/attr/current",
            std::string("unconfined_u:unconfined_r:unconfined_t:s0-s0:c0.c1023\0", 54));
  auto document = run_probe("selinux", root);
  CHECK(host_state(document, "selinux.mode") == "enforcing");
  CHECK(host_state(document, "selinux.containers_use_devices") == "false");
  CHECK(host_state(document, "selinux.label_type") == "unconfined_t");

  MemoryTree container;
  container.directory("/sys/fs/selinux")
      .file("/proc/self/attr/current", "system_u:system_r:container_t:s0:c1,c2");
  document = run_probe("selinux", container);
  CHECK(host_state(document, "selinux.mode") == "not observable");
  CHECK(host_state(document, "selinux.label_type") == "container_t");

  MemoryTree other;
  other.file("/proc/self/attr/current", "docker-default (enforce)\n");
  document = run_probe("selinux", other);
  CHECK(host_state(document, "selinux.mode") == "absent");
  CHECK(host_state(document, "selinux.label_type") == "absent");
}

TEST_CASE("namespaces that differ from the machine's first ones are told") {
  MemoryTree root;
  CHECK(host_state(run_probe("namespaces", root), "namespaces.own") == "absent");
  root.link("/proc/self/ns/ipc", "ipc:[4026531839]")
      .link("/proc/self/ns/pid", "pid:[4026532271]")
      .link("/proc/self/ns/user", "user:[4026531837]")
      .link("/proc/self/ns/net", "net:[4026531840]");
  CHECK(host_state(run_probe("namespaces", root), "namespaces.own") == "pid");
  root.link("/proc/self/ns/user", "user:[4026532265]");
  CHECK(host_state(run_probe("namespaces", root), "namespaces.own") == "pid, user");
}
