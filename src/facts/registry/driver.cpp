#include "facts/registry/areas.hpp"

namespace preflight::facts {

namespace {

constexpr Field kNode[] = {
    {"path", Scalar::string, "Path of the node"},
    {"major", Scalar::integer, "Major device number"},
    {"minor", Scalar::integer, "Minor device number"},
    {"mode", Scalar::string, "Permission bits in octal: 0666"},
    {"access", Scalar::string,
     "What this process may do by the permission bits: read-write, read-only, none"},
};

constexpr Declaration kFacts[] = {
    {"driver.module_version", kVersion,
     "Version of the loaded NVIDIA kernel module; absent when it is not loaded", Weight::core},
    {"driver.module_flavour", kString, "Flavour of the loaded kernel module: open or proprietary"},
    {"driver.modules", kStrings,
     "Loaded kernel modules that concern GPUs: those of the driver, nvidia_fs, nvidia_peermem, "
     "nv_peer_mem, gdrdrv, nouveau, nova_core, nova_drm, vfio_pci, vfio_iommu_type1"},
    {"driver.module_parameters", kStringMap,
     "Parameters of the loaded nvidia module (/proc/driver/nvidia/params)"},
    {"driver.installed_module_version", kVersion,
     "Version of the NVIDIA kernel module on the disk for the running kernel"},
    {"driver.installed_module_signed", kBoolean, "That module carries a signature"},
    {"driver.library_version", kVersion,
     "Version of the user-mode driver: of the libcuda.so.1 that comes first in the loader's search and is no "
     "stub"},
    {"driver.libcuda_path", kString, "The libcuda.so.1 that comes first in the loader's search, of any kind"},
    {"driver.libcuda_kind", kString, "What that libcuda is: driver, stub or compat"},
    {"devices.nodes", records(kNode), "Every /dev/nvidia* node, nvidia-caps and IMEX channels included"},
    {"devices.nvidiactl", kString,
     "/dev/nvidiactl: read-write, read-only or none (by permission bits); absent when missing", Weight::core},
    {"devices.nvidia_uvm", kString,
     "/dev/nvidia-uvm: read-write, read-only or none (by permission bits); absent when missing",
     Weight::core},
    {"devices.gpu_nodes", kInteger, "How many /dev/nvidiaN nodes there are"},
    {"devices.inaccessible_gpu_nodes", kStrings,
     "The /dev/nvidiaN nodes that this process may not read and write"},
    {"devices.mig_capabilities", kStrings, "Nodes below /dev/nvidia-caps"},
    {"devices.imex_channels", kStrings, "Nodes below /dev/nvidia-caps-imex-channels"},
    {"devices.dxg", kBoolean, "/dev/dxg exists: the GPU of the Windows host under WSL2"},
};

}  // namespace

std::span<const Declaration> driver_facts() {
  return kFacts;
}

}  // namespace preflight::facts
