#include "rich_root.hpp"

namespace preflight::test {

namespace {

void add_system(MemoryTree& root) {
  root.file("/etc/os-release", "ID=ubuntu\nVERSION_ID=\"22.04\"\nPRETTY_NAME=\"Ubuntu 22.04.4 LTS\"\n")
      .file("/proc/sys/kernel/osrelease", "5.15.0-105-generic\n")
      .file("/proc/cmdline", "BOOT_IMAGE=/vmlinuz intel_iommu=on iommu=pt\n")
      .file("/proc/meminfo", "MemTotal:       2113481928 kB\n")
      .file("/sys/devices/system/node/online", "0-1\n");
}

void add_process(MemoryTree& root) {
  using namespace std::string_literals;
  root.file("/proc/self/environ", "PATH=/usr/local/cuda/bin:/usr/bin:/bin\0HOME=/root\0NCCL_DEBUG=INFO\0"s)
      .file("/proc/self/limits",
            "Max stack size            8388608              unlimited            bytes     \n"
            "Max processes             unlimited            unlimited            processes \n"
            "Max open files            1048576              1048576              files     \n"
            "Max locked memory         65536                65536                bytes     \n")
      .file("/proc/self/status", "Uid:\t0\t0\t0\t0\nCapEff:\t00000000a80425fb\nSeccomp:\t2\n");
}

void add_driver(MemoryTree& root) {
  root.device("/dev/nvidia0", 195, 0, target::Access::read_write)
      .device("/dev/nvidiactl", 195, 255, target::Access::read_write)
      .device("/dev/nvidia-caps/nvidia-cap1", 237, 1, target::Access::none, 0400)
      .file("/proc/driver/nvidia/version",
            "NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.104.05  Sat Aug 19 01:15:15 UTC 2023\n")
      .file("/proc/driver/nvidia/params", "EnableMSI: 1\n")
      .file("/proc/modules", "nvidia 56713216 2 nvidia_uvm, Live 0x0000000000000000 (POE)\n")
      .file("/lib/modules/5.15.0-105-generic/modules.dep", "updates/dkms/nvidia.ko:\n")
      .file("/lib/modules/5.15.0-105-generic/updates/dkms/nvidia.ko", "no ELF file");
}

}  // namespace

MemoryTree rich_root() {
  MemoryTree root;
  add_system(root);
  add_driver(root);
  add_process(root);
  return root;
}

}  // namespace preflight::test
