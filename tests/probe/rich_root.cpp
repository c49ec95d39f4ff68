#include "rich_root.hpp"

#include "doubles/elf_image.hpp"
#include "doubles/loader_cache_image.hpp"

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

void add_toolkit(MemoryTree& root) {
  const std::string toolkit = "/usr/local/cuda-12.4/";
  for (const auto* name :
       {"lib64/libcudart.so.12", "lib64/libnccl.so.2", "lib64/stubs/libcuda.so", "compat/libcuda.so.1",
        "lib64/libcudnn.so.9", "lib64/libcudnn_graph.so.9", "bin/nvcc"}) {
    root.file(toolkit + name, ElfImage{}.bytes());
  }
  root.file(toolkit + "version.json", R"({"cuda": {"version": "12.4.1"}})")
      .link("/usr/local/cuda", "cuda-12.4")
      .file("/etc/ld.so.cache",
            loader_cache_image({{"libcuda.so.1", "/usr/lib/x86_64-linux-gnu/libcuda.so.1"}}))
      .file("/usr/lib/x86_64-linux-gnu/libcuda.so.1", ElfImage{}.bytes());
}

void add_services(MemoryTree& root) {
  root.file("/var/lib/dpkg/status", "Package: a\nStatus: install ok installed\nVersion: 1\n")
      .file("/run/nvidia-imex/nvidia-imex.pid", "77\n")
      .file("/proc/77/comm", "nvidia-imex\n")
      .file("/run/nvidia-persistenced/nvidia-persistenced.pid", "78\n")
      .file("/proc/78/comm", "nvidia-persiste\n")
      .file("/proc/78/stat", "78 (nvidia-persiste) S 1 78 78 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 2599 0 0\n")
      .file("/usr/bin/nvidia-ctk", ElfImage{}.bytes())
      .file("/etc/nvidia-container-runtime/config.toml", "disable-require = false\n")
      .file("/etc/cdi/nvidia.yaml", "kind: nvidia.com/gpu\n  - hostPath: /usr/lib/libcuda.so.1\n")
      .file("/etc/docker/daemon.json", "{}")
      .file("/etc/containerd/config.toml", "version = 2\n")
      .file("/var/lib/kubelet/config.yaml", "cgroupDriver: systemd\n")
      .file("/etc/slurm/cgroup.conf", "ConstrainDevices=yes\n")
      .file("/etc/modprobe.d/nvidia.conf", "options nvidia NVreg_X=1\n")
      .directory("/var/lib/dkms/nvidia/535.104.05/5.15.0-105-generic");
}

}  // namespace

MemoryTree rich_root() {
  MemoryTree root;
  add_rich_system(root);
  add_driver(root);
  add_toolkit(root);
  add_services(root);
  return root;
}

}  // namespace preflight::test
