// What stands between the ranks of a job: routes, names, meshes, firewalls, addresses of RDMA ports, and the
// files from which NCCL takes its topology.
#include "catch.hpp"
#include "probe/listening_ports.hpp"
#include "probe/nccl_xml.hpp"
#include "probe/pci_resources.hpp"
#include "probe/rdma_gids.hpp"
#include "probe/routes.hpp"
#include "run_probe.hpp"

using namespace preflight;
using namespace std::string_literals;
using test::host_state;
using test::MemoryTree;
using test::run_probe;
using test::state_of;

namespace {

const std::string kRouteHeader =
    "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n";

// A socket that listens on a port.
std::string listening(const std::string& port) {
  return "   0: 00000000:" + port + " 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 1\n";
}

const std::string kWholeTopology = R"(<system version="1">
  <cpu numaid="0" arch="x86_64" vendor="GenuineIntel" familyid="6" modelid="143">
    <pci busid="0000:53:00.0" class="0x030200" vendor="0x10de"><gpu dev="0" sm="90"/></pci>
  </cpu>
</system>
)";

}  // namespace

TEST_CASE("routes are read from the kernel's table") {
  const auto routes = probe::parse_routes(kRouteHeader +
                                          "eth0\t00000000\t0101010A\t0003\t0\t0\t100\t00000000\t0\t0\t0\n"
                                          "eth0\t0000010A\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0\n"
                                          "eth1\t0000020A\t00000000\t0000\t0\t0\t0\t0000FFFF\t0\t0\t0\n"
                                          "bad line\n\xff\xfe\n");
  CHECK(routes ==
        std::vector<probe::Route>{{"eth0", "0.0.0.0/0", "10.1.1.1", 100}, {"eth0", "10.1.0.0/16", "", 0}});
}

TEST_CASE("the network of a machine without mesh and firewall") {
  MemoryTree files;
  files.file("/proc/net/route", kRouteHeader).file("/proc/net/tcp", listening("0016"));
  files.file("/proc/sys/kernel/hostname", "node-1\n");
  files.file("/etc/hosts", "127.0.0.1 localhost\n127.0.1.1 node-1.cluster node-1 # own\n::1 node-10\n");
  const auto document = run_probe("network", files);
  CHECK(host_state(document, "network.routes") == "");
  CHECK(host_state(document, "network.service_mesh") == "absent");
  CHECK(host_state(document, "network.host_name_addresses") == "127.0.1.1");
  CHECK(host_state(document, "network.firewalls") == "");
}

TEST_CASE("a mesh is known by both of its proxy's ports") {
  std::set<int> ports;
  probe::add_listening_ports(listening("3A99") + "nonsense\n" + listening("zzzz"), ports);
  CHECK(ports == std::set<int>{15001});
  MemoryTree files;
  files.file("/proc/net/tcp", listening("3A99"));
  CHECK(host_state(run_probe("network", files), "network.service_mesh") == "absent");
  files.file("/proc/net/tcp6", listening("3A9E"));
  CHECK(host_state(run_probe("network", files), "network.service_mesh") == "istio");
}

TEST_CASE("firewalls are those in force") {
  MemoryTree files;
  files.file("/etc/ufw/ufw.conf", "# x\nENABLED=yes\n")
      .file("/etc/default/ufw", "DEFAULT_INPUT_POLICY=\"DROP\"\n");
  files.file("/run/firewalld.pid", "41\n").file("/proc/41/comm", "firewalld\n");
  CHECK(host_state(run_probe("network", files), "network.firewalls") == "ufw, firewalld");
  files.file("/etc/ufw/ufw.conf", "ENABLED=no\n").file("/proc/41/comm", "other\n");
  CHECK(host_state(run_probe("network", files), "network.firewalls") == "");
  files.file("/etc/ufw/ufw.conf", "ENABLED=yes\n")
      .file("/etc/default/ufw", "DEFAULT_INPUT_POLICY=\"ACCEPT\"\n");
  CHECK(host_state(run_probe("network", files), "network.firewalls") == "");
}

TEST_CASE("the number of a job's nodes is told by its launcher, or follows from its ranks") {
  const auto nodes = [](const std::string& variables) {
    MemoryTree files;
    files.file("/proc/self/environ", variables);
    return host_state(run_probe("launcher", files), "job.nodes");
  };
  CHECK(nodes("HOME=/root\0"s) == "absent");
  CHECK(nodes("SLURM_JOB_NUM_NODES=4\0SLURM_STEP_NUM_NODES=2\0"s) == "2");
  CHECK(nodes("WORLD_SIZE=16\0LOCAL_WORLD_SIZE=8\0"s) == "2");
  CHECK(nodes("WORLD_SIZE=17\0LOCAL_WORLD_SIZE=8\0"s) == "3");
  CHECK(nodes("WORLD_SIZE=16\0"s) == "absent");
  CHECK(nodes("WORLD_SIZE=many\0LOCAL_WORLD_SIZE=0\0"s) == "absent");
}

TEST_CASE("a topology that NCCL reads") {
  const auto file = probe::parse_nccl_xml("<!-- made by hand -->\n" + kWholeTopology);
  CHECK(file.defect.empty());
  CHECK(probe::topology_gpus(file) == std::vector<std::string>{"0000:53:00.0"});
  CHECK(probe::topology_defects(file).empty());
}

TEST_CASE("what NCCL stumbles over in a topology") {
  const auto defects = [](const std::string& text) {
    return probe::topology_defects(probe::parse_nccl_xml(text));
  };
  using Defects = std::vector<std::string>;
  CHECK(defects("") == Defects{"no system"});
  CHECK(defects("<system version=\"1\"><cpu numaid=\"0\"/></system>") == Defects{"cpu without arch"});
  CHECK(defects("<?xml version=\"1.0\"?>" + kWholeTopology) == Defects{"an XML declaration"});
  CHECK(defects(kWholeTopology.substr(0, 60)).size() == 1);
  CHECK(defects("<system version=\"2\"></system>") == Defects{"system of a version that isn't 1"});
  CHECK(defects("<system version=1></system>").size() == 1);
  CHECK(defects("</system>") == Defects{"</system> closes nothing"});
  CHECK(defects("\xff\xfe<a\0b"s) == Defects{"text outside of tags"});
}

TEST_CASE("hostile XML is bounded") {
  std::string deep;
  for (int level = 0; level < 100'000; ++level) deep += "<a>";
  CHECK(probe::parse_nccl_xml(deep).defect == "too many elements");
  CHECK(!probe::parse_nccl_xml("<a b=\"" + std::string(1'000'000, 'x')).defect.empty());
}

TEST_CASE("the graph's GPUs are numbers of devices") {
  const auto file = probe::parse_nccl_xml(
      "<graphs version=\"1\"><graph id=\"0\"><channel><gpu dev=\"0\"/><gpu dev=\"0xa\"/><gpu dev=\"x\"/>"
      "</channel></graph></graphs>");
  CHECK(probe::graph_gpus(file) == std::vector<std::int64_t>{0, 10});
}

TEST_CASE("topology and graph files are those of the process, else of NCCL's own files") {
  MemoryTree files;
  CHECK(host_state(run_probe("nccl-topology", files), "nccl.topology.path") == "absent");
  files.file("/etc/nccl.conf", "NCCL_TOPO_FILE=/opt/topo.xml\nNCCL_GRAPH_FILE=graph.xml\n");
  files.file("/opt/topo.xml", kWholeTopology);
  auto document = run_probe("nccl-topology", files);
  CHECK(host_state(document, "nccl.topology.path") == "/opt/topo.xml");
  CHECK(host_state(document, "nccl.topology.gpus") == "0000:53:00.0");
  CHECK(host_state(document, "nccl.graph.gpus") == "not observable");
  files.file("/proc/self/environ", "NCCL_TOPO_FILE=/none.xml\0"s);
  document = run_probe("nccl-topology", files);
  CHECK(host_state(document, "nccl.topology.path") == "/none.xml");
  CHECK(host_state(document, "nccl.topology.defects") != "");
}

TEST_CASE("the address table of a RoCE port") {
  MemoryTree files;
  const std::string port = "/sys/class/infiniband/mlx5_0/ports/1";
  const auto place = [&](const std::string& index, const std::string& gid, const std::string& type) {
    files.file(port + "/gids/" + index, gid + "\n").file(port + "/gid_attrs/types/" + index, type + "\n");
  };
  place("0", "fe80:0000:0000:0000:0ac0:ebff:feda:1cfb", "IB/RoCE v1");
  place("1", "0000:0000:0000:0000:0000:0000:0000:0000", "RoCE v2");
  place("2", "0000:0000:0000:0000:0000:ffff:0a01:0203", "RoCE v2");
  place("4", "fe80:0000:0000:0000:0ac0:ebff:feda:1cfb", "RoCE v2");  // after the table's end
  const auto gids = probe::read_gids(files, port, 1);
  REQUIRE(gids);
  REQUIRE(gids->size() == 2);
  const auto text = facts::to_text(facts::Value(*gids));
  CHECK(text.find("RoCE v1") != std::string::npos);
  CHECK(text.find("0a01:0203") != std::string::npos);
}

TEST_CASE("memory windows of a device") {
  const auto windows = probe::parse_memory_windows(
      "0x00000000fb000000 0x00000000fbffffff 0x0000000000040200\n"
      "0x0000000000000000 0x00000007ffffffff 0x000000000014220c\n"
      "0x0000000000000000 0x0000000000000000 0x0000000000000000\n"
      "0x000000000000e000 0x000000000000e07f 0x0000000000040101\n"
      "garbage\n");
  REQUIRE(windows.size() == 2);
  CHECK(windows[0].number == 0);
  CHECK(windows[1].number == 1);
}

TEST_CASE("Secure Boot is a byte of the firmware's variables") {
  constexpr std::string_view kVariable =
      "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c";
  const auto state = [&](const std::string& bytes) {
    MemoryTree files;
    files.file(std::string(kVariable), bytes);
    return host_state(run_probe("firmware", files), "secure_boot.enabled");
  };
  CHECK(state("\x06\0\0\0\x01"s) == "true");
  CHECK(state("\x06\0\0\0\0"s) == "false");
  CHECK(state("\x06\0"s) == "unreadable");
  MemoryTree bios;
  bios.directory("/sys/class");
  CHECK(host_state(run_probe("firmware", bios), "secure_boot.enabled") == "absent");
}
