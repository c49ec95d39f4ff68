#include "facts/registry/areas.hpp"

namespace preflight::facts {

namespace {

constexpr Field kProcess[] = {
    {"pid", Scalar::integer, "Process id, in the host's numbers"},
    {"name", Scalar::string, "Its program; empty when it can't be seen from here"},
    {"memory", Scalar::bytes, "GPU memory that it holds; 0 when the driver doesn't tell"},
};

constexpr Field kLink[] = {
    {"link", Scalar::integer, "Number of the link"},
    {"active", Scalar::boolean, "It is up"},
    {"peer", Scalar::string, "PCI address of what is at its other end; empty when that isn't told"},
};

constexpr Declaration kGpuFacts[] = {
    {"pci_address", kString, "PCI address: 0000:3b:00.0"},
    {"pci_id", kString, "PCI vendor and device id: 10de:2330"},
    {"name", kString, "Product name that the driver or a dump reports"},
    {"uuid", kString, "UUID that the driver reports"},
    {"minor", kInteger, "N of its /dev/nvidiaN"},
    {"kernel_driver", kString,
     "Kernel driver bound to the device: nvidia, nouveau, vfio-pci; absent when none"},
    {"numa_node", kInteger, "NUMA node; absent when the firmware names none"},
    {"pcie.width", kInteger, "PCIe lanes in use now"},
    {"pcie.max_width", kInteger, "PCIe lanes that the device can use"},
    {"pcie.speed", kString, "PCIe speed now, as sysfs prints it: 16.0 GT/s PCIe"},
    {"pcie.max_speed", kString, "PCIe speed that the device can use"},
    {"pcie.unassigned_windows", kIntegers, "Numbers of its memory windows (BAR) that were given no address"},
    {"nvml.index", kInteger, "Its number in NVML, and in nvidia-smi"},
    {"nvml.name", kString, "Product name, by NVML"},
    {"nvml.uuid", kString, "UUID, by NVML"},
    {"nvml.minor", kInteger, "N of its /dev/nvidiaN, by NVML"},
    {"nvml.compute_capability", kVersion, "Compute capability, by NVML"},
    {"nvml.memory.total", kBytes, "Memory of the GPU"},
    {"nvml.memory.free", kBytes, "Memory that is free now"},
    {"nvml.memory.used", kBytes, "Memory that is in use now, with what the driver keeps for itself"},
    {"nvml.processes", records(kProcess), "Processes that use the GPU to compute now"},
    {"nvml.mig.enabled", kBoolean, "Multi-Instance GPU mode is on"},
    {"nvml.mig.pending", kBoolean, "Multi-Instance GPU mode will be on after the next reset"},
    {"nvml.mig.devices", kInteger, "MIG devices that exist"},
    {"nvml.ecc.enabled", kBoolean, "ECC is on"},
    {"nvml.ecc.pending", kBoolean, "ECC will be on after the next reset"},
    {"nvml.ecc.corrected", kInteger, "Corrected memory errors since the driver was loaded"},
    {"nvml.ecc.uncorrected", kInteger, "Uncorrected memory errors since the driver was loaded"},
    {"nvml.ecc.lifetime_corrected", kInteger, "Corrected memory errors of the card's life"},
    {"nvml.ecc.lifetime_uncorrected", kInteger, "Uncorrected memory errors of the card's life"},
    {"nvml.retired_pages.single_bit", kInteger, "Memory pages retired after repeated single-bit errors"},
    {"nvml.retired_pages.double_bit", kInteger, "Memory pages retired after a double-bit error"},
    {"nvml.retired_pages.pending", kBoolean, "Pages will be retired at the next reset"},
    {"nvml.remapped_rows.correctable", kInteger, "Memory rows remapped after correctable errors"},
    {"nvml.remapped_rows.uncorrectable", kInteger, "Memory rows remapped after uncorrectable errors"},
    {"nvml.remapped_rows.pending", kBoolean, "Rows will be remapped at the next reset"},
    {"nvml.remapped_rows.failure", kBoolean, "A row could not be remapped"},
    {"nvml.recovery_action", kString,
     "What the driver asks for before the GPU is used again: none, gpu_reset, node_reboot, drain_p2p, "
     "drain_and_reset, recover_imex_domain, bus_reset or system_reboot"},
    {"nvml.persistence", kBoolean, "Persistence mode is on"},
    {"nvml.compute_mode", kString, "default, exclusive_thread, prohibited or exclusive_process"},
    {"nvml.power.draw", kInteger, "Power that the board draws now, in milliwatts"},
    {"nvml.power.limit", kInteger, "Power limit in force, in milliwatts"},
    {"nvml.power.default_limit", kInteger, "Power limit by default, in milliwatts"},
    {"nvml.clocks.sm", kInteger, "Clock of the multiprocessors now, in MHz"},
    {"nvml.clocks.max_sm", kInteger, "Highest clock of the multiprocessors, in MHz"},
    {"nvml.throttle_reasons", kStrings,
     "What holds the clocks down now: sw_power_cap, hw_slowdown, sw_thermal, hw_thermal, hw_power_brake"},
    {"nvml.temperature", kInteger, "Temperature of the GPU, in degrees Celsius"},
    {"nvml.pcie.generation", kInteger, "PCIe generation in use now"},
    {"nvml.pcie.max_generation", kInteger, "PCIe generation that GPU and slot can use"},
    {"nvml.pcie.width", kInteger, "PCIe lanes in use now, by NVML"},
    {"nvml.pcie.max_width", kInteger, "PCIe lanes that GPU and slot can use"},
    {"nvml.nvlinks", records(kLink), "Its NVLinks"},
    {"nvml.fabric.state", kString,
     "Registration with the NVLink fabric: not_started, in_progress or completed"},
    {"nvml.fabric.status", kInteger, "NVML code of a completed registration: 0 for success"},
    {"nvml.fabric.clique", kInteger, "Number of its clique within the fabric"},
    {"nvml.fabric.cluster", kString, "UUID of the fabric's cluster, in hexadecimal"},
    {"nvml.fabric.health.degraded_bandwidth", kBoolean,
     "The fabric gives the GPU less bandwidth than it should"},
    {"nvml.fabric.health.route_recovery", kBoolean, "A route of the fabric is being recovered"},
    {"nvml.fabric.health.route_unhealthy", kBoolean, "A route of the fabric doesn't work"},
    {"nvml.fabric.health.access_timeout_recovery", kBoolean,
     "The GPU is being recovered after an access over the fabric that was not answered"},
    {"nvml.fabric.health.configuration", kString,
     "correct, wrong_system_guid, wrong_chassis_serial, no_partition, too_few_nvlinks, "
     "incompatible_firmware, invalid_location or invalid_gpu_state"},
    {"cuda_driver.index", kInteger,
     "Its number in CUDA: after CUDA_VISIBLE_DEVICES; absent when hidden from CUDA"},
    {"cuda_driver.name", kString, "Product name, by CUDA"},
    {"cuda_driver.uuid", kString, "UUID, by CUDA, without a prefix; of a MIG device where MIG is on"},
    {"cuda_driver.compute_capability", kVersion, "Compute capability, by CUDA"},
    {"cuda_driver.memory", kBytes, "Memory of the GPU or of its MIG device, by CUDA"},
    {"cuda_driver.compute_mode", kString,
     "default, exclusive_thread, prohibited or exclusive_process, by CUDA"},
    {"model.name", kString, "Product name, from the table by PCI id or by the reported name",
     Weight::ordinary, Origin::derived},
    {"model.compute_capability", kVersion,
     "Compute capability of this product, from the table; of one that it lacks, what the driver reports",
     Weight::ordinary, Origin::derived},
    {"model.architecture", kString, "Architecture of this product, from the table: Hopper", Weight::ordinary,
     Origin::derived},
    {"model.class", kString, "Product class, from the table: data_center, workstation, geforce, ...",
     Weight::ordinary, Origin::derived},
    {"model.vgpu_profile", kString, "Profile of a virtual GPU, from its name: A100-40C; absent for others",
     Weight::ordinary, Origin::derived},
    {"model.open_module", kBoolean, "The open kernel module supports this product, from the table",
     Weight::ordinary, Origin::derived},
};

}  // namespace

std::span<const Declaration> gpu_facts() {
  return kGpuFacts;
}

}  // namespace preflight::facts
