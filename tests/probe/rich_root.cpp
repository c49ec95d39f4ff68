#include "rich_root.hpp"

namespace preflight::test {

namespace {

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
  add_rich_system(root);
  add_driver(root);
  return root;
}

}  // namespace preflight::test
