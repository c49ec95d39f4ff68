#include "probe/pci_devices.hpp"

#include <limits>

#include "probe/reading.hpp"
#include "support/text.hpp"

namespace preflight::probe {

namespace {

constexpr std::uint32_t kNvidia = 0x10de;
constexpr std::size_t kMostDevices = 10'000;

std::optional<std::uint32_t> hexadecimal(std::string_view text) {
  const auto number = hexadecimal_number(text);
  if (!number || *number > std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
  return static_cast<std::uint32_t>(*number);
}

}  // namespace

std::string PciDevice::path() const {
  return target::join_path(kPciDevicesPath, address);
}

bool PciDevice::is_gpu() const {
  const auto kind = class_code >> 8U;
  return vendor == kNvidia && (kind == 0x0300 || kind == 0x0302);
}

bool PciDevice::is_nvswitch() const {
  return vendor == kNvidia && class_code >> 8U == 0x0680;
}

bool PciDevice::is_bridge() const {
  return class_code >> 8U == 0x0604;
}

std::optional<PciDevice> parse_pci_device(std::string_view address, std::string_view uevent) {
  PciDevice device;
  device.address = address;
  bool has_class = false;
  bool has_id = false;
  for (const auto line : lines(uevent)) {
    const auto equals = line.find('=');
    if (equals == std::string_view::npos) continue;
    const auto name = line.substr(0, equals);
    const auto value = line.substr(equals + 1);
    if (name == "DRIVER") {
      device.driver = value;
    } else if (name == "PCI_CLASS") {
      const auto number = hexadecimal(value);
      has_class = number.has_value();
      device.class_code = number.value_or(0);
    } else if (name == "PCI_ID") {
      const auto colon = value.find(':');
      const auto vendor = hexadecimal(value.substr(0, colon));
      const auto id = colon == std::string_view::npos ? std::nullopt : hexadecimal(value.substr(colon + 1));
      has_id = vendor && id;
      device.vendor = vendor.value_or(0);
      device.device = id.value_or(0);
    }
  }
  if (!has_class || !has_id) return std::nullopt;
  return device;
}

Result<std::vector<PciDevice>> list_pci_devices(const target::FileTree& files) {
  const auto entries = files.list(kPciDevicesPath);
  if (!entries) return sysfs_error(files, entries.error());
  if (entries->size() > kMostDevices) return Error{ErrorKind::too_large, "more than 10,000 PCI devices"};
  std::vector<PciDevice> devices;
  for (const auto& entry : *entries) {
    const auto text = read_trimmed(files, target::join_path(kPciDevicesPath, entry.name + "/uevent"));
    if (!text && text.error().kind == ErrorKind::not_found) continue;  // removed since
    if (!text) return Error{text.error().kind, entry.name + ": " + text.error().message};
    auto device = parse_pci_device(entry.name, *text);
    if (!device) return Error{ErrorKind::malformed, entry.name + ": no class or id in its uevent file"};
    devices.push_back(std::move(*device));
  }
  return devices;
}

}  // namespace preflight::probe
