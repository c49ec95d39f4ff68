#include "catch.hpp"
#include "probe/container_kind.hpp"
#include "run_probe.hpp"

using namespace preflight;
using namespace std::string_literals;
using test::host_state;
using test::MemoryTree;
using test::run_probe;

namespace {

// What a process on a plain host shows.
MemoryTree plain() {
  MemoryTree files;
  files.file("/proc/self/environ", "PATH=/bin\0"s)
      .file("/proc/self/mountinfo", "27 1 254:0 / / rw - ext4 /dev/vda rw\n")
      .file("/proc/self/cgroup", "0::/user.slice/user-1000.slice/session-1.scope\n")
      .file("/proc/sys/kernel/osrelease", "6.1.0-18-amd64\n");
  return files;
}

std::string kind_in(const MemoryTree& files) {
  return host_state(run_probe("container", files), "container.kind");
}

}  // namespace

TEST_CASE("a plain host is in no container") {
  const auto document = run_probe("container", plain());
  CHECK(host_state(document, "container.kind") == "absent");
  CHECK(host_state(document, "wsl.version") == "absent");
}

TEST_CASE("containers are told by the marks of their managers") {
  auto files = plain();
  SECTION("Docker, by its file") {
    files.file("/.dockerenv", "");
    CHECK(kind_in(files) == "docker");
  }
  SECTION("Docker, by its cgroup of version 1") {
    files.file("/proc/self/cgroup", "4:memory:/docker/0123456789ab\n");
    CHECK(kind_in(files) == "docker");
  }
  SECTION("Docker, by where its layers are") {
    files.file("/proc/self/mountinfo",
               "1 0 0:1 / / rw - overlay overlay rw,lowerdir=/var/lib/docker/overlay2/l/A,upperdir=/x\n");
    CHECK(kind_in(files) == "docker");
  }
  SECTION("Podman") {
    files.file("/run/.containerenv", "engine=\"podman-4.3.1\"\n")
        .file("/proc/self/environ", "container=podman\0"s);
    CHECK(kind_in(files) == "podman");
  }
  SECTION("a pod, by the variable, although the runtime left its own mark") {
    files.file("/.dockerenv", "").file("/proc/self/environ", "KUBERNETES_SERVICE_HOST=10.0.0.1\0"s);
    CHECK(kind_in(files) == "kubernetes");
  }
  SECTION("a pod without service links, by the kubelet's hosts file") {
    files.file("/proc/self/mountinfo",
               "1 0 0:1 / / rw - overlay overlay "
               "rw,lowerdir=/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs/1\n"
               "2 1 8:1 /var/lib/kubelet/pods/3c1a/etc-hosts /etc/hosts rw - ext4 /dev/sda1 rw\n");
    CHECK(kind_in(files) == "kubernetes");
  }
  SECTION("a pod, by its cgroup") {
    files.file("/proc/self/cgroup", "0::/kubepods.slice/kubepods-burstable.slice/cri-containerd-1.scope\n");
    CHECK(kind_in(files) == "kubernetes");
  }
  SECTION("containerd alone") {
    files.file("/proc/self/mountinfo",
               "1 0 0:1 / / rw - overlay overlay "
               "rw,lowerdir=/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs/1\n");
    CHECK(kind_in(files) == "containerd");
  }
  SECTION("Enroot, by the lock that it binds on itself") {
    files.file("/proc/self/mountinfo",
               "1 0 8:1 /home/u/.local/share/enroot/pyxis_1 / rw - ext4 /dev/sda1 rw\n"
               "2 1 8:1 /home/u/.local/share/enroot/pyxis_1/.lock /.lock ro - ext4 /dev/sda1 rw\n");
    CHECK(kind_in(files) == "enroot");
  }
  SECTION("Enroot that unpacked a Docker image with its mark") {
    files.file("/.dockerenv", "")
        .file("/proc/self/mountinfo",
              "1 0 0:1 / / rw - overlay overlay rw\n2 1 0:1 /.lock /.lock ro - overlay overlay rw\n");
    CHECK(kind_in(files) == "enroot");
  }
  SECTION("Apptainer") {
    files.file("/proc/self/environ", "APPTAINER_NAME=x.sif\0"s);
    CHECK(kind_in(files) == "apptainer");
  }
  SECTION("Singularity without its variables") {
    files.directory("/.singularity.d");
    CHECK(kind_in(files) == "apptainer");
  }
  SECTION("LXC, by the variable of its first process") {
    files.file("/proc/1/environ", "container=lxc\0"s);
    CHECK(kind_in(files) == "lxc");
  }
  SECTION("LXD, by its socket's directory") {
    files.directory("/dev/lxd");
    CHECK(kind_in(files) == "lxc");
  }
  SECTION("systemd-nspawn") {
    files.file("/run/systemd/container", "systemd-nspawn\n");
    CHECK(kind_in(files) == "systemd-nspawn");
  }
  SECTION("a manager that is not known") {
    files.file("/run/host/container-manager", "someone\n");
    CHECK(kind_in(files) == "other");
  }
}

TEST_CASE("WSL is no container by itself") {
  auto files = plain();
  files.file("/proc/sys/kernel/osrelease", "5.15.167.4-microsoft-standard-WSL2\n")
      .file("/run/systemd/container", "wsl\n");
  const auto document = run_probe("container", files);
  CHECK(host_state(document, "container.kind") == "absent");
  CHECK(host_state(document, "wsl.version") == "2");
}

TEST_CASE("versions of WSL by the kernel") {
  CHECK(probe::wsl_version("4.4.0-19041-Microsoft") == 1);
  CHECK(probe::wsl_version("5.10.16.3-microsoft-standard-WSL2") == 2);
  CHECK(probe::wsl_version("6.1.0-18-amd64") == std::nullopt);
  auto files = plain();
  files.file("/proc/sys/fs/binfmt_misc/WSLInterop", "enabled\n");
  CHECK(host_state(run_probe("container", files), "wsl.version") == "2");
}

TEST_CASE("without marks, what couldn't be read leaves the kind unknown") {
  auto files = plain();
  SECTION("the first process' variables tell nothing when they can't be read") {
    files.fail("/proc/1/environ", {ErrorKind::not_permitted, "permission denied"});
    CHECK(kind_in(files) == "absent");
  }
  SECTION("the mounts do") {
    files.fail("/proc/self/mountinfo", {ErrorKind::not_permitted, "permission denied"});
    CHECK(kind_in(files) == "unreadable");
  }
  SECTION("unless a mark is found") {
    files.fail("/proc/self/mountinfo", {ErrorKind::io, "input/output error"}).file("/.dockerenv", "");
    CHECK(kind_in(files) == "docker");
  }
}
