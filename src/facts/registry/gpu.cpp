#include "facts/registry/areas.hpp"

namespace preflight::facts {

namespace {

constexpr Declaration kFacts[] = {
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
    {"model.name", kString, "Product name, from the table by PCI id or by the reported name",
     Weight::ordinary, Origin::derived},
    {"model.compute_capability", kVersion, "Compute capability of this product, from the table",
     Weight::ordinary, Origin::derived},
    {"model.architecture", kString, "Architecture of this product, from the table: Hopper", Weight::ordinary,
     Origin::derived},
    {"model.class", kString, "Product class, from the table: data_center, workstation, geforce, ...",
     Weight::ordinary, Origin::derived},
    {"model.open_module", kBoolean, "The open kernel module supports this product, from the table",
     Weight::ordinary, Origin::derived},
};

}  // namespace

std::span<const Declaration> gpu_facts() {
  return kFacts;
}

}  // namespace preflight::facts
