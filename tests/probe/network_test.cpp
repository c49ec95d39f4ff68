#include "catch.hpp"
#include "run_probe.hpp"

using namespace preflight;
using test::host_state;
using test::MemoryTree;
using test::run_probe;
using test::state_of;

namespace {

void add_interface(MemoryTree& files, const std::string& name, const std::string& uevent) {
  const std::string path = "/sys/class/net/" + name;
  files.file(path + "/uevent", uevent).file(path + "/operstate", "up\n").file(path + "/mtu", "1500\n");
}

void add_rdma(MemoryTree& files) {
  const std::string path = "/sys/class/infiniband/mlx5_0";
  files.file(path + "/ports/1/state", "4: ACTIVE\n").file(path + "/ports/1/link_layer", "InfiniBand\n");
  files.file(path + "/ports/1/rate", "400 Gb/sec (4X NDR)\n").file(path + "/ports/2/state", "1: DOWN\n");
  files.file(path + "/fw_ver", "28.39.1002\n").directory(path + "/device/net/ibp0s1");
  files.link(path + "/device/driver", "../../../bus/pci/drivers/mlx5_core")
      .file(path + "/device/numa_node", "0\n");
  files.directory(path + "/device/infiniband_verbs/uverbs0");
}

}  // namespace

TEST_CASE("network interfaces are listed with their kind") {
  MemoryTree files;
  add_interface(files, "eth0", "INTERFACE=eth0\nIFINDEX=2\n");
  files.link("/sys/class/net/eth0/device", "../../../../0000:03:00.0");
  files.file("/sys/class/net/eth0/speed", "100000\n");
  files.file("/0000:03:00.0/numa_node", "1\n").link("/0000:03:00.0/driver", "../bus/pci/drivers/mlx5_core");
  add_interface(files, "lo", "INTERFACE=lo\n");
  add_interface(files, "docker0", "DEVTYPE=bridge\nINTERFACE=docker0\n");
  add_interface(files, "bond0", "DEVTYPE=bond\n");
  add_interface(files, "wlan0", "DEVTYPE=wlan\n");
  add_interface(files, "veth1", "INTERFACE=veth1\n");
  files.file("/sys/class/net/bonding_masters", "bond0\n");
  const auto document = run_probe("interfaces", files);
  CHECK(host_state(document, "interfaces") == "6");
  std::map<std::string, std::string> kinds;
  for (const auto* interface : document.of_kind("interface"))
    kinds[interface->id] = state_of(*interface, "kind");
  CHECK(kinds == std::map<std::string, std::string>{{"eth0", "physical"},
                                                    {"lo", "loopback"},
                                                    {"docker0", "bridge"},
                                                    {"bond0", "bond"},
                                                    {"wlan0", "wireless"},
                                                    {"veth1", "virtual"}});
  const auto* eth0 = document.of_kind("interface").at(2);
  REQUIRE(eth0->id == "eth0");
  CHECK(state_of(*eth0, "state") == "up");
  CHECK(state_of(*eth0, "mtu") == "1500");
  CHECK(state_of(*eth0, "speed") == "100000");
  CHECK(state_of(*eth0, "kernel_driver") == "mlx5_core");
  CHECK(state_of(*eth0, "numa_node") == "1");
}

TEST_CASE("a link that is down tells no speed") {
  MemoryTree files;
  add_interface(files, "eth0", "");
  files.directory("/sys/class/net/eth0/device").link("/sys/class/net/eth1/device", "../eth0/device");
  add_interface(files, "eth1", "");
  files.fail("/sys/class/net/eth1/speed", {ErrorKind::io, "Invalid argument"});
  add_interface(files, "eth2", "");
  files.link("/sys/class/net/eth2/device", "../eth0/device").file("/sys/class/net/eth2/speed", "-1\n");
  const auto document = run_probe("interfaces", files);
  for (const auto* interface : document.of_kind("interface"))
    CHECK(state_of(*interface, "speed") == "absent");
}

TEST_CASE("the list of interfaces is known, none or unknown") {
  MemoryTree files;
  CHECK(host_state(run_probe("interfaces", files), "interfaces") == "not observable");
  files.directory("/sys/class");
  CHECK(host_state(run_probe("interfaces", files), "interfaces") == "0");
  files.fail("/sys/class/net", {ErrorKind::not_permitted, "permission denied"});
  CHECK(host_state(run_probe("interfaces", files), "interfaces") == "unreadable");
}

TEST_CASE("RDMA devices are listed with their ports") {
  MemoryTree files;
  add_rdma(files);
  SECTION("with its node") {
    files.device("/dev/infiniband/uverbs0", 231, 192, target::Access::read_write);
    const auto document = run_probe("rdma", files);
    CHECK(host_state(document, "rdma_devices") == "1");
    const auto* device = document.of_kind("rdma").at(0);
    CHECK(state_of(*device, "link_layer") == "InfiniBand");
    CHECK(state_of(*device, "ports") == "1, 2");
    CHECK(state_of(*device, "active_ports") == "1");
    CHECK(state_of(*device, "rate") == "400 Gb/sec (4X NDR)");
    CHECK(state_of(*device, "firmware") == "28.39.1002");
    CHECK(state_of(*device, "interfaces") == "ibp0s1");
    CHECK(state_of(*device, "kernel_driver") == "mlx5_core");
    CHECK(state_of(*device, "verbs_node") == "true");
    CHECK(state_of(*device, "numa_node") == "0");
  }
  SECTION("a container that was not given its node") {
    CHECK(state_of(*run_probe("rdma", files).of_kind("rdma").at(0), "verbs_node") == "false");
  }
  SECTION("a port that can't be read") {
    files.fail("/sys/class/infiniband/mlx5_0/ports/2/state", {ErrorKind::io, "input/output error"});
    const auto document = run_probe("rdma", files);
    CHECK(state_of(*document.of_kind("rdma").at(0), "active_ports") == "unreadable");
    CHECK(state_of(*document.of_kind("rdma").at(0), "ports") == "1, 2");
  }
}

TEST_CASE("the list of RDMA devices is known, none or unknown") {
  MemoryTree files;
  CHECK(host_state(run_probe("rdma", files), "rdma_devices") == "not observable");
  files.directory("/sys/class");
  CHECK(host_state(run_probe("rdma", files), "rdma_devices") == "0");
  files.fail("/sys/class/infiniband", {ErrorKind::not_permitted, "permission denied"});
  CHECK(host_state(run_probe("rdma", files), "rdma_devices") == "unreadable");
}
