// The devices on the PCI bus, as sysfs shows them with and without a driver.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/result.hpp"
#include "target/file_tree.hpp"

namespace preflight::probe {

constexpr std::string_view kPciDevicesPath = "/sys/bus/pci/devices";

struct PciDevice {
  std::string address;  // "0000:3b:00.0"
  std::uint32_t vendor = 0;
  std::uint32_t device = 0;
  std::uint32_t class_code = 0;  // class, subclass and programming interface: 0x030200
  std::string driver;            // kernel driver; empty when none is bound

  std::string path() const;  // its directory

  bool is_gpu() const;       // of NVIDIA: display controller, VGA compatible or 3D
  bool is_nvswitch() const;  // of NVIDIA: bridge of another kind
  bool is_bridge() const;    // PCI-to-PCI: ports and switches

  friend bool operator==(const PciDevice&, const PciDevice&) = default;
};

// A device from the text of its uevent file (PCI_CLASS, PCI_ID, DRIVER); nothing when it lacks one of the
// first two.
std::optional<PciDevice> parse_pci_device(std::string_view address, std::string_view uevent);

// All devices by address. not_found where there is no PCI bus, unsupported where no sysfs is shown; any
// device that can't be read is an error.
Result<std::vector<PciDevice>> list_pci_devices(const target::FileTree& files);

}  // namespace preflight::probe
