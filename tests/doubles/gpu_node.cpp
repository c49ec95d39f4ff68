#include "doubles/gpu_node.hpp"

#include "doubles/elf_image.hpp"

namespace preflight::test {

namespace {

constexpr unsigned kExecutable = 0755;

void write_program(const TemporaryDirectory& root, const std::string& name) {
  root.file(name, ElfImage{}.bytes());
  ::chmod((root / name).c_str(), kExecutable);
}

void write_system(const TemporaryDirectory& root) {
  using namespace std::string_literals;
  root.file("etc/os-release", "ID=ubuntu\nVERSION_ID=\"22.04\"\nPRETTY_NAME=\"Ubuntu 22.04.4 LTS\"\n");
  root.file("proc/sys/kernel/osrelease", "5.15.0-105-generic\n");
  root.file("proc/self/environ", "PATH=/opt/venv/bin:/usr/bin\0HOME=/root\0"s);
  root.file("proc/self/limits",
            "Max locked memory         unlimited            unlimited            bytes     \n");
  root.file("proc/self/status", "Uid:\t0\t0\t0\t0\nSeccomp:\t0\n");
  for (const auto* program : {"usr/bin/env", "usr/bin/gcc", "usr/bin/python3.11"})
    write_program(root, program);
  root.link("usr/bin/python3", "python3.11");
}

void write_gpu(const TemporaryDirectory& root) {
  root.file("sys/bus/pci/devices/0000:3b:00.0/uevent", "DRIVER=nvidia\nPCI_CLASS=30200\nPCI_ID=10DE:2330\n");
  root.directory("sys/class/net");
  root.file("proc/driver/nvidia/gpus/0000:3b:00.0/information",
            "Model: NVIDIA H100 80GB HBM3\nGPU UUID: GPU-8932f937\nDevice Minor: 0\n");
  root.file("proc/modules",
            "nvidia_uvm 1531904 0 - Live 0x0000000000000000 (POE)\n"
            "nvidia 56713216 1 nvidia_uvm, Live 0x0000000000000000 (POE)\n");
  write_driver_version(root, "535.104.05");
  ElfImage libcuda;
  libcuda.soname = "libcuda.so.1";
  libcuda.functions = {{"cuInit", "\xe8\x01\x02\x03\x04\xc3"}};
  libcuda.sections = {{".rodata", "nvidia-application-profiles-535.104.05-rc"}};
  root.file("usr/lib/x86_64-linux-gnu/libcuda.so.535.104.05", libcuda.bytes());
  root.link("usr/lib/x86_64-linux-gnu/libcuda.so.1", "libcuda.so.535.104.05");
  root.link("usr/lib/x86_64-linux-gnu/libcuda.so", "libcuda.so.1");
}

void write_environment(const TemporaryDirectory& root) {
  root.file("usr/lib/python3.11/os.py");
  root.file("usr/include/python3.11/Python.h");
  root.file("usr/include/python3.11/patchlevel.h", "#define PY_VERSION      \"3.11.7\"\n");
  const std::string environment = kNodeEnvironment;
  root.file(environment + "/pyvenv.cfg", "home = /usr/bin\nversion = 3.11.7\n");
  root.link(environment + "/bin/python", "/usr/bin/python3.11");
  root.link(environment + "/bin/python3", "python");
  write_package(root, "torch", "2.2.0",
                "Requires-Python: >=3.8.0\n"
                "Requires-Dist: triton==2.2.0; platform_system == \"Linux\"\n"
                "Requires-Dist: nvidia-nccl-cu12==2.19.3; platform_system == \"Linux\"\n");
  write_package(root, "triton", "2.2.0");
  write_package(root, "nvidia_nccl_cu12", "2.19.3");
  write_package(root, "numpy", "1.26.4");
  write_package(root, "torchvision", "0.17.0", "Requires-Dist: torch==2.2.0\n");
  const std::string torch = std::string(kNodePackages) + "/torch/";
  root.file(torch + "__init__.py");
  root.file(torch + "version.py",
            "__version__ = '2.2.0+cu121'\ncuda = '12.1'\ngit_version = '8ac9b20d4b'\nhip = None\n");
  root.file(torch + "share/cmake/Torch/TorchConfig.cmake",
            "set(TORCH_CXX_FLAGS \"-D_GLIBCXX_USE_CXX11_ABI=0\")\n");
}

}  // namespace

void write_gpu_node(const TemporaryDirectory& root) {
  write_system(root);
  write_gpu(root);
  write_environment(root);
}

void write_driver_version(const TemporaryDirectory& root, const std::string& version) {
  root.file("proc/driver/nvidia/version", "NVRM version: NVIDIA UNIX x86_64 Kernel Module  " + version +
                                              "  Sat Aug 19 01:15:15 UTC 2023\n");
}

std::string metadata_path(const std::string& name, const std::string& version) {
  return std::string(kNodePackages) + "/" + name + "-" + version + ".dist-info/METADATA";
}

void write_package(const TemporaryDirectory& root, const std::string& name, const std::string& version,
                   const std::string& headers) {
  root.file(metadata_path(name, version),
            "Metadata-Version: 2.1\nName: " + name + "\nVersion: " + version + "\n" + headers);
}

}  // namespace preflight::test
