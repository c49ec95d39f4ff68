// NVIDIA GPUs and NVSwitches, from the PCI bus and the kernel module; IOMMU and ACS, which decide whether
// GPUs reach each other over PCI Express.
#include <algorithm>
#include <set>

#include "probe/gpu_information.hpp"
#include "probe/pci_config.hpp"
#include "probe/pci_devices.hpp"
#include "probe/pci_resources.hpp"
#include "probe/probe.hpp"
#include "probe/reading.hpp"

namespace preflight::probe {

namespace {

constexpr std::string_view kIommuPath = "/sys/class/iommu";
constexpr std::string_view kWindowsGpuPath = "/dev/dxg";
constexpr std::string_view kFirstNodePath = "/dev/nvidia0";

std::string pci_id(const PciDevice& device) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const auto number : {device.vendor, device.device}) {
    if (!text.empty()) text += ':';
    for (unsigned shift = 16; shift > 0; shift -= 4) text += kDigits[number >> (shift - 4) & 0xfU];
  }
  return text;
}

// A text that sysfs prints for a link; "Unknown" where the device doesn't tell, as in many virtual machines.
void set_speed(facts::SubjectWriter& gpu, std::string_view fact, const target::FileTree& files,
               const std::string& path) {
  const auto speed = read_trimmed(files, path);
  if (speed && speed->starts_with("Unknown")) {
    gpu.absent(fact, path);
  } else {
    set_text(gpu, fact, files, path);
  }
}

void set_width(facts::SubjectWriter& gpu, std::string_view fact, const target::FileTree& files,
               const std::string& path) {
  constexpr std::int64_t kMostLanes = 64;  // 255 stands for unknown
  const auto width = read_integer(files, path);
  if (width && (*width <= 0 || *width > kMostLanes)) {
    gpu.absent(fact, path);
  } else {
    set_integer(gpu, fact, files, path);
  }
}

// The windows that were given no address.
void set_windows(facts::SubjectWriter& gpu, const target::FileTree& files, const std::string& path) {
  const auto text = read_trimmed(files, path);
  if (!text) {
    set_error(gpu, "pcie.unassigned_windows", text.error(), path);
    return;
  }
  facts::List unassigned;
  for (const auto& window : parse_memory_windows(*text)) {
    if (window.start == 0) unassigned.emplace_back(window.number);
  }
  gpu.set("pcie.unassigned_windows", std::move(unassigned), path);
}

void set_bus_facts(facts::SubjectWriter& gpu, const target::FileTree& files, const PciDevice& device) {
  const auto path = device.path();
  gpu.set("pci_id", pci_id(device), path);
  if (device.driver.empty()) {
    gpu.absent("kernel_driver", path);
  } else {
    gpu.set("kernel_driver", device.driver, path);
  }
  set_numa_node(gpu, "numa_node", files, path + "/numa_node");
  set_speed(gpu, "pcie.speed", files, path + "/current_link_speed");
  set_speed(gpu, "pcie.max_speed", files, path + "/max_link_speed");
  set_windows(gpu, files, path + "/resource");
  set_width(gpu, "pcie.width", files, path + "/current_link_width");
  set_width(gpu, "pcie.max_width", files, path + "/max_link_width");
}

void set_driver_facts(facts::SubjectWriter& gpu, const target::FileTree& files, const std::string& address) {
  const auto path = target::join_path(kDriverGpusPath, address + "/information");
  const auto text = read_trimmed(files, path);
  if (!text) {
    for (const auto* const fact : {"name", "uuid", "minor"}) set_error(gpu, fact, text.error(), path);
    return;
  }
  const auto information = parse_gpu_information(*text);
  if (!information.model.empty()) gpu.set("name", information.model, path);
  if (!information.uuid.empty()) gpu.set("uuid", information.uuid, path);
  if (information.minor) gpu.set("minor", *information.minor, path);
  for (const auto* const fact : {"name", "uuid", "minor"}) gpu.rest_absent(fact, path);
}

void set_count(const target::FileTree& files, facts::SubjectWriter& host,
               const Result<std::vector<PciDevice>>& devices, std::size_t count, std::size_t of_driver) {
  if (!devices && of_driver == 0) {
    const bool no_bus = devices.error().kind == ErrorKind::not_found;  // of this kernel or machine
    if (no_bus) host.set("gpus", 0, kPciDevicesPath);
    if (!no_bus) set_error(host, "gpus", devices.error(), kPciDevicesPath);
  } else {
    host.set("gpus", static_cast<std::int64_t>(count), devices ? kPciDevicesPath : kDriverGpusPath);
  }
  if (count > 0) return;
  // Devices that are in use here, yet on no bus that is shown: a sandbox that passes them on, or WSL.
  if (files.exists(kWindowsGpuPath)) {
    host.unknown("gpus", {"the GPU of the Windows host is on no PCI bus that is shown here"},
                 kWindowsGpuPath);
  } else if (files.exists(kFirstNodePath)) {
    host.unknown("gpus", {"/dev/nvidia0 exists, but its GPU is on no bus that is shown here"},
                 kFirstNodePath);
  }
}

void set_gpus(const target::FileTree& files, facts::FactWriter& writer,
              const Result<std::vector<PciDevice>>& devices) {
  std::set<std::string> done;
  if (devices) {
    for (const auto& device : *devices) {
      if (!device.is_gpu()) continue;
      auto gpu = writer.subject("gpu", device.address);
      gpu.set("pci_address", device.address, device.path());
      set_bus_facts(gpu, files, device);
      set_driver_facts(gpu, files, device.address);
      done.insert(device.address);
    }
  }
  // What only the kernel module shows.
  const auto entries = files.list(kDriverGpusPath);
  std::size_t of_driver = 0;
  for (const auto& entry : entries ? *entries : std::vector<target::DirectoryEntry>{}) {
    ++of_driver;
    if (!done.insert(entry.name).second) continue;
    auto gpu = writer.subject("gpu", entry.name);
    gpu.set("pci_address", entry.name, kDriverGpusPath);
    set_driver_facts(gpu, files, entry.name);
    gpu.rest_unknown("", {"its PCI device is not shown here"}, kPciDevicesPath);
  }
  set_count(files, writer.host(), devices, done.size(), of_driver);
}

void set_acs(const target::FileTree& files, facts::SubjectWriter& host,
             const std::vector<PciDevice>& devices) {
  constexpr std::size_t kConfigBytes = 4096;
  std::vector<std::string> redirecting;
  for (const auto& device : devices) {
    if (!device.is_bridge()) continue;
    const auto path = device.path() + "/config";
    const auto config = files.read_head(path, kConfigBytes);
    if (!config && config.error().kind != ErrorKind::not_found) {
      set_error(host, "pci.acs_redirect", config.error(), path);
      return;
    }
    const auto redirect = config ? acs_redirect(*config) : AcsRedirect::none;
    if (redirect == AcsRedirect::not_shown) {
      host.unknown("pci.acs_redirect", {"only root sees this part of it", facts::Gap::unreadable}, path);
      return;
    }
    if (redirect == AcsRedirect::on) redirecting.push_back(device.address);
  }
  host.set("pci.acs_redirect", facts::string_list(redirecting), kPciDevicesPath);
}

// The large windows of the GPUs are 64 bits wide: where firmware maps above 4 GiB, it puts them there.
void set_memory_above_4g(const target::FileTree& files, facts::SubjectWriter& host,
                         const std::vector<PciDevice>& devices) {
  constexpr std::string_view kFact = "pci.memory_above_4g";
  constexpr std::uint64_t k4Gibibytes = std::uint64_t{1} << 32U;
  bool has_gpu = false;
  for (const auto& device : devices) {
    if (!device.is_gpu()) continue;
    has_gpu = true;
    const auto path = device.path() + "/resource";
    const auto text = read_trimmed(files, path);
    if (!text) {
      set_error(host, kFact, text.error(), path);
      return;
    }
    const auto is_above = [](const MemoryWindow& window) { return window.start >= k4Gibibytes; };
    if (std::ranges::any_of(parse_memory_windows(*text), is_above)) {
      host.set(kFact, true, path);
      return;
    }
  }
  if (has_gpu) {
    host.set(kFact, false, kPciDevicesPath);
  } else {
    host.absent(kFact, kPciDevicesPath);
  }
}

void set_iommu(const target::FileTree& files, facts::SubjectWriter& host) {
  const auto units = files.list(kIommuPath);
  const auto error = units ? Error{} : sysfs_error(files, units.error());
  if (units) {
    host.set("iommu.enabled", !units->empty(), kIommuPath);
  } else if (error.kind == ErrorKind::not_found) {
    host.set("iommu.enabled", false, kIommuPath);  // a kernel without any
  } else {
    set_error(host, "iommu.enabled", error, kIommuPath);
  }
}

void set_gpu_domain(const target::FileTree& files, facts::SubjectWriter& host,
                    const std::vector<PciDevice>& devices) {
  std::string type;
  std::string source(kPciDevicesPath);
  for (const auto& device : devices) {
    if (!device.is_gpu()) continue;
    const auto path = device.path() + "/iommu_group/type";
    const auto text = read_trimmed(files, path);
    if (!text && text.error().kind != ErrorKind::not_found) {
      set_error(host, "iommu.gpu_domain", text.error(), path);
      return;
    }
    if (!text || (!type.empty() && *text == "identity")) continue;
    type = *text;
    source = path;
    if (type != "identity") break;
  }
  if (type.empty()) {
    host.absent("iommu.gpu_domain", source);
  } else {
    host.set("iommu.gpu_domain", type, source);
  }
}

void run_pci(const Context& context, facts::FactWriter& writer) {
  const auto& files = context.files;
  auto& host = writer.host();
  const auto devices = list_pci_devices(files);
  set_gpus(files, writer, devices);
  set_iommu(files, host);
  if (!devices) {
    set_rest_error(host, "pci.", devices.error(), kPciDevicesPath);
    set_rest_error(host, "iommu.", devices.error(), kPciDevicesPath);
    return;
  }
  const auto switches = std::ranges::count_if(*devices, &PciDevice::is_nvswitch);
  host.set("pci.nvswitches", std::int64_t{switches}, kPciDevicesPath);
  set_memory_above_4g(files, host, *devices);
  set_acs(files, host, *devices);
  set_gpu_domain(files, host, *devices);
}

}  // namespace

Probe pci_probe() {
  static constexpr std::string_view kReads[] = {
      "/sys/class",    "/sys/bus/pci/devices", "/sys/bus/pci/devices/**",  kIommuPath,
      kWindowsGpuPath, kFirstNodePath,         "/proc/driver/nvidia/gpus", "/proc/driver/nvidia/gpus/**"};
  static constexpr Sets kSets[] = {{"host", "gpus"}, {"gpu", ""}, {"host", "pci."}, {"host", "iommu."}};
  return {
      "pci",  "NVIDIA GPUs and switches on the PCI bus, IOMMU and ACS", Needs::running_system, kReads, kSets,
      run_pci};
}

}  // namespace preflight::probe
