#include "catch.hpp"
#include "probe/gpu_information.hpp"
#include "probe/pci_config.hpp"
#include "probe/pci_devices.hpp"
#include "probe/pci_resources.hpp"
#include "run_probe.hpp"

using namespace preflight;
using probe::acs_redirect;
using probe::AcsRedirect;
using probe::parse_gpu_information;
using probe::parse_pci_device;
using test::host_state;
using test::MemoryTree;
using test::run_probe;
using test::state_of;

namespace {

constexpr const char* kInformation =
    "Model: \t\t NVIDIA H100 80GB HBM3\n"
    "IRQ:   \t\t 300\n"
    "GPU UUID: \t GPU-8932f937-d72c-4106-c12f-20bd9faed9f6\n"
    "Bus Location: \t 0000:3b:00.0\n"
    "Device Minor: \t 3\n";

void add_device(MemoryTree& files, const std::string& address, const std::string& uevent) {
  files.file("/sys/bus/pci/devices/" + address + "/uevent", uevent);
  files.directory("/sys/class");
}

MemoryTree one_gpu() {
  MemoryTree files;
  add_device(files, "0000:3b:00.0",
             "DRIVER=nvidia\nPCI_CLASS=30200\nPCI_ID=10DE:2330\nPCI_SUBSYS_ID=10DE:16C1\n");
  return files;
}

void set_bytes(std::string& config, std::size_t at, std::uint32_t value) {
  for (std::size_t byte = 0; byte < 4; ++byte)
    config[at + byte] = static_cast<char>(value >> 8 * byte & 0xffU);
}

}  // namespace

TEST_CASE("PCI devices are read from their uevent files") {
  const auto gpu = parse_pci_device("0000:3b:00.0", "DRIVER=nvidia\nPCI_CLASS=30200\nPCI_ID=10DE:2330\n");
  REQUIRE(gpu);
  CHECK(gpu->is_gpu());
  CHECK(gpu->driver == "nvidia");
  CHECK(parse_pci_device("a", "PCI_CLASS=30000\nPCI_ID=10DE:1EB8")->is_gpu());
  CHECK(!parse_pci_device("a", "PCI_CLASS=30000\nPCI_ID=1002:1EB8")->is_gpu());
  CHECK(!parse_pci_device("a", "PCI_CLASS=40300\nPCI_ID=10DE:10F0")->is_gpu());
  CHECK(parse_pci_device("a", "PCI_CLASS=68000\nPCI_ID=10DE:22A3")->is_nvswitch());
  CHECK(parse_pci_device("a", "PCI_CLASS=60400\nPCI_ID=8086:1")->is_bridge());
  for (const auto* text :
       {"", "PCI_CLASS=30200\n", "PCI_ID=10DE:2330\n", "PCI_CLASS=x\nPCI_ID=10DE:2330",
        "PCI_CLASS=30200\nPCI_ID=10DE", "PCI_CLASS=30200\nPCI_ID=:", "PCI_CLASS=123456789\nPCI_ID=1:2"}) {
    CHECK(!parse_pci_device("a", text));
  }
}

TEST_CASE("what the kernel module tells of a GPU") {
  const auto information = parse_gpu_information(kInformation);
  CHECK(information.model == "NVIDIA H100 80GB HBM3");
  CHECK(information.uuid == "GPU-8932f937-d72c-4106-c12f-20bd9faed9f6");
  CHECK(information.minor == 3);
  CHECK(parse_gpu_information("GPU UUID: GPU-????\nDevice Minor: x\n").uuid.empty());
  CHECK(!parse_gpu_information("Device Minor: -1\n").minor);
  CHECK(parse_gpu_information("").model.empty());
  CHECK(parse_gpu_information(std::string(100'000, ':')).model.empty());
}

TEST_CASE("ACS is found in the extended configuration space") {
  std::string config(4096, '\0');
  CHECK(acs_redirect(config) == AcsRedirect::none);
  CHECK(acs_redirect(config.substr(0, 256)) == AcsRedirect::none);
  CHECK(acs_redirect(config.substr(0, 64)) == AcsRedirect::not_shown);
  CHECK(acs_redirect("") == AcsRedirect::not_shown);

  set_bytes(config, 0x100, 0x1400'0001U | 1U << 16U);  // another capability, the next at 0x140
  set_bytes(config, 0x140, 0x0001'000dU);
  CHECK(acs_redirect(config) == AcsRedirect::off);
  set_bytes(config, 0x144, 0x001d'0000U);  // source validation, request and completion redirect, forwarding
  CHECK(acs_redirect(config) == AcsRedirect::on);
  CHECK(acs_redirect(config.substr(0, 0x146)) == AcsRedirect::none);
}

TEST_CASE("capability lists that loop or lead outside end") {
  std::string config(4096, '\0');
  set_bytes(config, 0x100, 0x1000'0001U);  // itself
  CHECK(acs_redirect(config) == AcsRedirect::none);
  set_bytes(config, 0x100, 0xffc0'0001U);
  CHECK(acs_redirect(config) == AcsRedirect::none);
  set_bytes(config, 0x100, 0x0400'0001U);  // into the conventional part
  CHECK(acs_redirect(config) == AcsRedirect::none);
  CHECK(acs_redirect(std::string(4096, '\xff')) == AcsRedirect::none);
  CHECK(acs_redirect(std::string(257, '\0')) == AcsRedirect::none);
}

TEST_CASE("GPUs are found with and without a driver") {
  auto files = one_gpu();
  const std::string path = "/sys/bus/pci/devices/0000:3b:00.0/";
  files.file(path + "numa_node", "1\n").file(path + "current_link_speed", "32.0 GT/s PCIe\n");
  files.file(path + "max_link_speed", "Unknown\n")
      .file(path + "current_link_width", "16\n")
      .file(path + "max_link_width", "255\n");
  files.file("/proc/driver/nvidia/gpus/0000:3b:00.0/information", kInformation);
  add_device(files, "0000:5e:00.0", "PCI_CLASS=30000\nPCI_ID=10DE:1EB8\n");
  add_device(files, "0000:07:00.0", "DRIVER=x\nPCI_CLASS=68000\nPCI_ID=10DE:22A3\n");
  add_device(files, "0000:00:01.0", "PCI_CLASS=20000\nPCI_ID=8086:1572\n");
  const auto document = run_probe("pci", files);
  CHECK(host_state(document, "gpus") == "2");
  CHECK(host_state(document, "pci.nvswitches") == "1");
  const auto gpus = document.of_kind("gpu");
  REQUIRE(gpus.size() == 2);
  CHECK(gpus[0]->id == "0000:3b:00.0");
  CHECK(state_of(*gpus[0], "pci_id") == "10de:2330");
  CHECK(state_of(*gpus[0], "kernel_driver") == "nvidia");
  CHECK(state_of(*gpus[0], "numa_node") == "1");
  CHECK(state_of(*gpus[0], "pcie.speed") == "32.0 GT/s PCIe");
  CHECK(state_of(*gpus[0], "pcie.max_speed") == "absent");
  CHECK(state_of(*gpus[0], "pcie.width") == "16");
  CHECK(state_of(*gpus[0], "pcie.max_width") == "absent");
  CHECK(state_of(*gpus[0], "name") == "NVIDIA H100 80GB HBM3");
  CHECK(state_of(*gpus[0], "minor") == "3");
  CHECK(state_of(*gpus[1], "kernel_driver") == "absent");
  CHECK(state_of(*gpus[1], "name") == "absent");
}

TEST_CASE("the list of GPUs is known, none or unknown, and why") {
  MemoryTree files;
  SECTION("a bus without any") {
    add_device(files, "0000:00:01.0", "PCI_CLASS=20000\nPCI_ID=8086:1572\n");
    CHECK(host_state(run_probe("pci", files), "gpus") == "0");
  }
  SECTION("a machine without PCI") {
    files.directory("/sys/class");
    const auto document = run_probe("pci", files);
    CHECK(host_state(document, "gpus") == "0");
    CHECK(host_state(document, "pci.nvswitches") == "absent");
    CHECK(host_state(document, "iommu.enabled") == "false");
  }
  SECTION("a sandbox that shows no sysfs") {
    const auto document = run_probe("pci", files);
    for (const auto* fact :
         {"gpus", "pci.nvswitches", "pci.acs_redirect", "iommu.enabled", "iommu.gpu_domain"}) {
      CHECK(host_state(document, fact) == "not observable");
    }
  }
  SECTION("a bus that may not be listed") {
    files.directory("/sys/class")
        .fail("/sys/bus/pci/devices", {ErrorKind::not_permitted, "permission denied"});
    const auto document = run_probe("pci", files);
    CHECK(host_state(document, "gpus") == "unreadable");
    CHECK(host_state(document, "pci.acs_redirect") == "unreadable");
  }
  SECTION("a device that can't be read might be a GPU") {
    files = one_gpu();
    files.fail("/sys/bus/pci/devices/0000:5e:00.0/uevent", {ErrorKind::io, "input/output error"});
    CHECK(host_state(run_probe("pci", files), "gpus") == "unreadable");
  }
  SECTION("only the kernel module shows it") {
    files.file("/proc/driver/nvidia/gpus/0000:3b:00.0/information", kInformation);
    const auto document = run_probe("pci", files);
    CHECK(host_state(document, "gpus") == "1");
    const auto* gpu = document.of_kind("gpu").at(0);
    CHECK(state_of(*gpu, "uuid") == "GPU-8932f937-d72c-4106-c12f-20bd9faed9f6");
    CHECK(state_of(*gpu, "pci_id") == "not observable");
  }
  SECTION("WSL") {
    add_device(files, "0000:00:01.0", "PCI_CLASS=30200\nPCI_ID=1414:008E\n");
    files.device("/dev/dxg", 10, 125, target::Access::read_write);
    CHECK(host_state(run_probe("pci", files), "gpus") == "not observable");
  }
  SECTION("a node without its device") {
    add_device(files, "0000:00:01.0", "PCI_CLASS=20000\nPCI_ID=8086:1572\n");
    files.device("/dev/nvidia0", 195, 0, target::Access::read_write);
    CHECK(host_state(run_probe("pci", files), "gpus") == "not observable");
  }
}

TEST_CASE("bridges that redirect are named; what only root sees leaves it unknown") {
  auto files = one_gpu();
  std::string config(4096, '\0');
  set_bytes(config, 0x100, 0x0001'000dU);
  add_device(files, "0000:3a:00.0", "PCI_CLASS=60400\nPCI_ID=1000:C030\n");
  add_device(files, "0000:39:00.0", "PCI_CLASS=60400\nPCI_ID=1000:C030\n");
  files.file("/sys/bus/pci/devices/0000:39:00.0/config", config);
  set_bytes(config, 0x104, 0x0004'0000U);
  files.file("/sys/bus/pci/devices/0000:3a:00.0/config", config);
  CHECK(host_state(run_probe("pci", files), "pci.acs_redirect") == "0000:3a:00.0");
  files.file("/sys/bus/pci/devices/0000:3a:00.0/config", config.substr(0, 64));
  CHECK(host_state(run_probe("pci", files), "pci.acs_redirect") == "unreadable");
}

TEST_CASE("the domain of the GPUs' IOMMU groups") {
  auto files = one_gpu();
  CHECK(host_state(run_probe("pci", files), "iommu.gpu_domain") == "absent");
  files.directory("/sys/class/iommu");
  CHECK(host_state(run_probe("pci", files), "iommu.enabled") == "false");
  files.directory("/sys/class/iommu/dmar0");
  files.file("/sys/bus/pci/devices/0000:3b:00.0/iommu_group/type", "identity\n");
  add_device(files, "0000:5e:00.0", "PCI_CLASS=30000\nPCI_ID=10DE:1EB8\n");
  files.file("/sys/bus/pci/devices/0000:5e:00.0/iommu_group/type", "DMA-FQ\n");
  const auto document = run_probe("pci", files);
  CHECK(host_state(document, "iommu.enabled") == "true");
  CHECK(host_state(document, "iommu.gpu_domain") == "DMA-FQ");
}

TEST_CASE("the memory windows of a device") {
  using probe::MemoryWindow;
  using probe::parse_memory_windows;
  CHECK(parse_memory_windows("0x00000000fa000000 0x00000000faffffff 0x0000000000040200\n"
                             "0x0000000000000000 0x0000001fffffffff 0x000000000014220c\n"
                             "0x0000000000000000 0x0000000000000000 0x0000000000000000\n"
                             "0x000000000000e000 0x000000000000e07f 0x0000000000040101\n") ==
        std::vector<MemoryWindow>{{0, 0xfa000000, 0x1000000}, {1, 0, std::uint64_t{1} << 37U}});
  CHECK(parse_memory_windows(std::string(6, '\n') + "0x1000 0x1fff 0x200\n").empty());  // not a BAR
  CHECK(parse_memory_windows("").empty());
  for (const auto* line : {"0x1000 0x1fff", "1000 1fff 200", "0x1000 0x1fff 0x200 0x0", "0x1fff 0x1000 0x200",
                           "0x1000 0x1ffffffffffffffff 0x200", "0x 0x 0x", "\xff \xff \xff"}) {
    INFO(line);
    CHECK(parse_memory_windows(line).empty());
  }
}

TEST_CASE("windows without an address, and memory above 4 GiB") {
  auto files = one_gpu();
  const std::string resource = "/sys/bus/pci/devices/0000:3b:00.0/resource";
  const std::string low = "0x00000000fa000000 0x00000000faffffff 0x0000000000040200\n";
  const std::string unassigned = "0x0000000000000000 0x0000001fffffffff 0x000000000014220c\n";
  const auto check = [&](const std::string& windows, const std::string& above_4g) {
    const auto document = run_probe("pci", files);
    CHECK(state_of(*document.of_kind("gpu").at(0), "pcie.unassigned_windows") == windows);
    CHECK(host_state(document, "pci.memory_above_4g") == above_4g);
  };
  check("absent", "absent");
  files.file(resource, low + unassigned);
  check("1", "false");
  files.file(resource, low + "0x0000000100000000 0x00000001ffffffff 0x000000000014220c\n");
  check("", "true");
  files.file(resource, low + "0x00000000ffffffff 0x00000001fffffffe 0x000000000014220c\n");
  check("", "false");
  files.file(resource, std::string(1000, '\xff'));
  check("", "false");
  files.file(resource, std::string(100'000, '0'));
  check("unreadable", "unreadable");
}

TEST_CASE("without a GPU there is no memory window to judge") {
  MemoryTree files;
  add_device(files, "0000:00:01.0", "PCI_CLASS=20000\nPCI_ID=8086:1572\n");
  files.file("/sys/bus/pci/devices/0000:00:01.0/resource",
             "0x0000000100000000 0x00000001ffffffff 0x000000000014220c\n");
  CHECK(host_state(run_probe("pci", files), "pci.memory_above_4g") == "absent");
}

TEST_CASE("Secure Boot is the fifth byte of its variable") {
  constexpr const char* kVariable =
      "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c";
  MemoryTree files;
  const auto state = [&] { return host_state(run_probe("firmware", files), "secure_boot.enabled"); };
  CHECK(state() == "not observable");
  files.directory("/sys/class");
  CHECK(state() == "absent");
  files.directory("/sys/firmware/efi");
  CHECK(state() == "not observable");
  files.file(kVariable, std::string("\x06\0\0\0\x01", 5));
  CHECK(state() == "true");
  files.file(kVariable, std::string("\x06\0\0\0\0", 5));
  CHECK(state() == "false");
  files.file(kVariable, std::string("\x06\0\0\0", 4));
  CHECK(state() == "unreadable");
  files.file(kVariable, "");
  CHECK(state() == "unreadable");
  files.file(kVariable, std::string(100'000, '\xff'));
  CHECK(state() == "false");
  files.fail(kVariable, {ErrorKind::not_permitted, "permission denied"});
  CHECK(state() == "unreadable");
}

TEST_CASE("the firmware's product name") {
  MemoryTree files;
  CHECK(host_state(run_probe("firmware", files), "virtualization.product") == "not observable");
  files.file("/sys/class/dmi/id/product_name", "p4d.24xlarge\n");
  CHECK(host_state(run_probe("firmware", files), "virtualization.product") == "p4d.24xlarge");
  MemoryTree without;
  without.directory("/sys/class");
  CHECK(host_state(run_probe("firmware", without), "virtualization.product") == "absent");
}
