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

}  // namespace

MemoryTree rich_root() {
  MemoryTree root;
  add_system(root);
  return root;
}

}  // namespace preflight::test
