#include "catch.hpp"
#include "run_probe.hpp"

using namespace preflight;
using namespace std::string_literals;
using test::host_state;
using test::MemoryTree;
using test::run_probe;

namespace {

constexpr const char* kVirtualTopology = "/var/run/nvidia-topologyd/virtualTopology.xml";
constexpr const char* kTopologyPath =
    "<system version='1'><cpu numaid='0'><pci busid='0000:3B:00.0' class='0x030200'/></cpu></system>";

std::string topology_fact(const MemoryTree& files, const std::string& name,
                          probe::SystemState state = probe::SystemState::running) {
  return host_state(run_probe("nccl-topology", files, state), "nccl." + name);
}

}  // namespace

TEST_CASE("without files NCCL looks itself") {
  for (const auto* name :
       {"topology.path", "topology.gpus", "topology.defects", "graph.path", "graph.gpus"}) {
    CHECK(topology_fact(MemoryTree(), name) == "absent");
  }
}

TEST_CASE("the topology that a variable, a configuration file or the hypervisor names") {
  MemoryTree files;
  files.file("/t.xml", kTopologyPath).file("/etc/nccl.conf", "NCCL_TOPO_FILE=/t.xml\n");
  CHECK(topology_fact(files, "topology.path") == "/t.xml");
  CHECK(topology_fact(files, "topology.gpus") == "0000:3b:00.0");
  CHECK(topology_fact(files, "topology.defects") == "cpu without arch");
  CHECK(topology_fact(files, "topology.path", probe::SystemState::at_rest) == "/t.xml");
  SECTION("the variable wins") {
    files.file("/proc/self/environ", "NCCL_TOPO_FILE=/other.xml\0"s)
        .file("/other.xml", "<system version='1'/>");
    CHECK(topology_fact(files, "topology.path") == "/other.xml");
    CHECK(topology_fact(files, "topology.gpus") == "");
    CHECK(topology_fact(files, "topology.defects") == "");
    CHECK(topology_fact(files, "topology.path", probe::SystemState::at_rest) == "/t.xml");
  }
  SECTION("the user's file wins over the system's") {
    files.file("/proc/self/environ", "HOME=/home/u\0"s).file("/home/u/.nccl.conf", "NCCL_TOPO_FILE=/u.xml\n");
    CHECK(topology_fact(files, "topology.path") == "/u.xml");
  }
  SECTION("the hypervisor's comes last") {
    files.file(kVirtualTopology, "<system/>");
    CHECK(topology_fact(files, "topology.path") == "/t.xml");
    files.file("/etc/nccl.conf", "");
    CHECK(topology_fact(files, "topology.path") == kVirtualTopology);
    CHECK(topology_fact(files, "topology.defects") == "system of a version that isn't 1");
  }
}

TEST_CASE("a graph file names GPUs") {
  MemoryTree files;
  files.file("/proc/self/environ", "NCCL_GRAPH_FILE=/g.xml\0"s);
  files.file("/g.xml",
             "<graphs version='1'><graph><channel><gpu dev='1'/><gpu dev='0'/></channel></graph></graphs>");
  CHECK(topology_fact(files, "graph.path") == "/g.xml");
  CHECK(topology_fact(files, "graph.gpus") == "0, 1");
  CHECK(topology_fact(files, "topology.path") == "absent");
}

TEST_CASE("a file that can't be read leaves what is in it open") {
  MemoryTree files;
  files.file("/proc/self/environ", "NCCL_TOPO_FILE=/t.xml\0NCCL_GRAPH_FILE=/t.xml\0"s);
  const auto check = [&](const std::string& expected) {
    CHECK(topology_fact(files, "topology.path") == "/t.xml");
    CHECK(topology_fact(files, "topology.gpus") == expected);
    CHECK(topology_fact(files, "topology.defects") == expected);
    CHECK(topology_fact(files, "graph.gpus") == expected);
  };
  SECTION("not there") {
    check("absent");
  }
  SECTION("not permitted") {
    files.fail("/t.xml", {ErrorKind::not_permitted, "permission denied"});
    check("unreadable");
  }
  SECTION("a FIFO") {
    files.fifo("/t.xml");
    check("unreadable");
  }
  SECTION("a directory") {
    files.directory("/t.xml");
    check("unreadable");
  }
  SECTION("too large") {
    files.file("/t.xml", std::string((std::size_t{1} << 20U) + 1, ' '));
    check("unreadable");
  }
}

TEST_CASE("what is no topology, and a path that depends on the working directory") {
  MemoryTree files;
  files.file("/proc/self/environ", "NCCL_TOPO_FILE=/t.xml\0"s).file("/t.xml", std::string(1000, '\xff'));
  CHECK(topology_fact(files, "topology.gpus") == "");
  CHECK(topology_fact(files, "topology.defects") == "text outside of tags");
  files.file("/t.xml", "<\xff\xfe");
  CHECK(topology_fact(files, "topology.defects") == "\uFFFD\uFFFD isn't closed");
  files.file("/proc/self/environ", "NCCL_TOPO_FILE=t.xml\0"s);
  CHECK(topology_fact(files, "topology.path") == "t.xml");
  CHECK(topology_fact(files, "topology.gpus") == "not observable");
}

TEST_CASE("settings that can't be read leave all of it unknown") {
  MemoryTree files;
  files.fail("/etc/nccl.conf", {ErrorKind::not_permitted, "permission denied"});
  for (const auto* name :
       {"topology.path", "topology.gpus", "topology.defects", "graph.path", "graph.gpus"}) {
    CHECK(topology_fact(files, name) == "unreadable");
  }
}
