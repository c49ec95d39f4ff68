#include "catch.hpp"
#include "run_probe.hpp"

using namespace preflight;
using test::host_state;
using test::MemoryTree;
using test::run_probe;

TEST_CASE("options and blacklists of the driver's modules are read from modprobe.d") {
  MemoryTree root;
  root.file("/etc/modprobe.d/nvidia.conf",
            "# options nvidia NVreg_X=1\noptions nvidia NVreg_EnableGpuFirmware=0 NVreg_Y=\"a\" flag\n"
            "options nvidia-uvm uvm_disable_hmm=1\noptions snd_hda_intel x=1\nblacklist nouveau\nblacklist "
            "pcspkr\n")
      .file("/etc/modprobe.d/off.conf",
            "install nvidia_drm /bin/false\ninstall nvidia /sbin/modprobe nvidia\n")
      .file("/etc/modprobe.d/old.conf.bak", "blacklist nvidia\n")
      .file("/usr/lib/modprobe.d/nvidia.conf", "options nvidia NVreg_EnableGpuFirmware=1\n");
  auto document = run_probe("modprobe", root);
  CHECK(host_state(document, "driver.configured_options") ==
        "nvidia.NVreg_EnableGpuFirmware=0, nvidia.NVreg_Y=a, nvidia_uvm.uvm_disable_hmm=1");
  CHECK(host_state(document, "driver.blacklisted_modules") == "nouveau, nvidia_drm");
  root.fifo("/etc/modprobe.d/z.conf");
  document = run_probe("modprobe", root);
  CHECK(host_state(document, "driver.blacklisted_modules") == "unreadable");
  document = run_probe("modprobe", MemoryTree());
  CHECK(host_state(document, "driver.configured_options") == "");
  CHECK(host_state(document, "driver.blacklisted_modules") == "");
}

TEST_CASE("the newest source in DKMS, and whether it was built for the running kernel") {
  MemoryTree root;
  CHECK(host_state(run_probe("dkms", root), "driver.dkms_version") == "absent");
  root.file("/proc/sys/kernel/osrelease", "6.8.0-45-generic\n")
      .directory("/var/lib/dkms/nvidia/535.183.01/6.8.0-45-generic/x86_64")
      .directory("/var/lib/dkms/nvidia/550.107.02/6.8.0-40-generic/x86_64")
      .link("/var/lib/dkms/nvidia/kernel-6.8.0-40-generic-x86_64", "550.107.02/6.8.0-40-generic/x86_64")
      .directory("/var/lib/dkms/nvidia-fs/999.1/x")
      .directory("/var/lib/dkms/v4l2loopback/999.1");
  auto document = run_probe("dkms", root);
  CHECK(host_state(document, "driver.dkms_version") == "550.107.02");
  CHECK(host_state(document, "driver.dkms_built") == "false");
  root.directory("/var/lib/dkms/nvidia/550.107.02/6.8.0-45-generic/x86_64");
  CHECK(host_state(run_probe("dkms", root), "driver.dkms_built") == "true");
  root.fail("/var/lib/dkms", {ErrorKind::not_permitted, "permission denied"});
  CHECK(host_state(run_probe("dkms", root), "driver.dkms_version") == "unreadable");
}

TEST_CASE("a package with a user-mode driver is told, what programs are linked with is none") {
  const auto package = [](const std::string& name) {
    MemoryTree root;
    root.file("/var/lib/dpkg/status",
              "Package: " + name + "\nStatus: install ok installed\nVersion: 535.183.01-0ubuntu1\n");
    return host_state(run_probe("driver-files", root), "driver.package");
  };
  for (const auto* name : {"libnvidia-compute-535", "libnvidia-compute-535-server", "libnvidia-compute",
                           "libcuda1", "libnvidia-ml1"}) {
    CHECK(package(name) == name);
  }
  for (const auto* name :
       {"libnvidia-compute-", "libcuda1-stubs", "libnvidia-container1", "nvidia-cuda-dev"}) {
    CHECK(package(name) == "absent");
  }
}

TEST_CASE("empty files in the place of the driver's are told") {
  MemoryTree root;
  root.file("/usr/lib/x86_64-linux-gnu/libcuda.so.1", "")
      .file("/usr/lib/x86_64-linux-gnu/libnvidia-ml.so.510.47.03", "")
      .file("/usr/lib/x86_64-linux-gnu/libcudart.so.12", "")
      .file("/usr/lib/x86_64-linux-gnu/libnvidia-cfg.so.1", "x")
      .link("/usr/lib/x86_64-linux-gnu/libnvidia-ml.so.1", "libnvidia-ml.so.510.47.03")
      .file("/usr/bin/nvidia-smi", "");
  auto document = run_probe("driver-files", root);
  CHECK(host_state(document, "driver.placeholder_files") ==
        "/usr/lib/x86_64-linux-gnu/libcuda.so.1, /usr/lib/x86_64-linux-gnu/libnvidia-ml.so.510.47.03, "
        "/usr/bin/nvidia-smi");
  root.fail("/usr/lib64", {ErrorKind::not_permitted, "permission denied"});
  CHECK(host_state(run_probe("driver-files", root), "driver.placeholder_files") == "unreadable");
  CHECK(host_state(run_probe("driver-files", MemoryTree()), "driver.placeholder_files") == "");
}
