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

constexpr Declaration kDriverFacts[] = {
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
    {"driver.uvm_parameters", kStringMap,
     "Parameters of the loaded nvidia_uvm module (/sys/module/nvidia_uvm/parameters)"},
    {"driver.dkms_version", kVersion,
     "Version of the NVIDIA module whose source DKMS has; absent when DKMS has none"},
    {"driver.dkms_built", kBoolean,
     "DKMS has built that module for the running kernel; absent when DKMS has none"},
    {"driver.configured_options", kStringMap,
     "Options for NVIDIA's modules in modprobe.d, by module and name: nvidia.NVreg_EnableGpuFirmware"},
    {"driver.blacklisted_modules", kStrings,
     "Of nouveau, nova_core and NVIDIA's modules, those that modprobe.d keeps from being loaded by "
     "themselves"},
    {"driver.package", kString,
     "Debian package that brings a user-mode driver (libcuda or libnvidia-ml), when one is installed"},
    {"driver.package_version", kVersion, "Version of the driver in that package"},
    {"driver.placeholder_files", kStrings,
     "Empty files under the names of the driver's libraries: what a container runtime mounted over, and left "
     "in an image; the first 50"},
    {"driver.installed_module_signed", kBoolean, "That module carries a signature"},
    {"driver.library_version", kVersion,
     "Version of the user-mode driver: of the libcuda.so.1 that comes first in the loader's search and is no "
     "stub"},
    {"driver.libcuda_path", kString, "The libcuda.so.1 that comes first in the loader's search, of any kind"},
    {"loader.preload", kStrings,
     "Libraries that the loader puts into every program: of LD_PRELOAD, then of /etc/ld.so.preload"},
    {"driver.libcuda_unversioned_path", kString,
     "The libcuda.so, without a number, that the loader's search finds: what some programs open by that "
     "name"},
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
    {"devices.missing_char_links", kStrings,
     "The driver's device nodes that have no link MAJOR:MINOR in /dev/char; absent where there is no "
     "/dev/char"},
    {"devices.mig_capabilities", kStrings, "Nodes below /dev/nvidia-caps"},
    {"devices.imex_channels", kStrings, "Nodes below /dev/nvidia-caps-imex-channels"},
    {"devices.dxg", kBoolean, "/dev/dxg exists: the GPU of the Windows host under WSL2"},
};

}  // namespace

std::span<const Declaration> driver_facts() {
  return kDriverFacts;
}

}  // namespace preflight::facts
