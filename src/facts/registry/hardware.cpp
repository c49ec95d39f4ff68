#include "facts/registry/areas.hpp"

namespace preflight::facts {

namespace {

constexpr Declaration kHardwareFacts[] = {
    {"pci.nvswitches", kInteger, "NVSwitch bridges on the PCI bus (vendor 10de, class 0680)"},
    {"pci.acs_redirect", kStrings,
     "PCI bridges whose Access Control Services redirect peer-to-peer requests (ACS P2P request redirect is "
     "on)"},
    {"pci.memory_above_4g", kBoolean,
     "A GPU has a memory window above 4 GiB, so the firmware maps them there (Above 4G decoding); absent "
     "without GPUs"},
    {"iommu.enabled", kBoolean, "An IOMMU is active (/sys/class/iommu is not empty)"},
    {"iommu.gpu_domain", kString,
     "Type of the IOMMU groups of the GPUs: identity, DMA, DMA-FQ, ... (the first that is not identity, if "
     "any)"},
    {"secure_boot.enabled", kBoolean, "UEFI Secure Boot is on; absent on machines that don't start by UEFI"},
    {"virtualization.product", kString, "Product name that the firmware reports (DMI): tells clouds and VMs"},
};

}  // namespace

std::span<const Declaration> hardware_facts() {
  return kHardwareFacts;
}

}  // namespace preflight::facts
