// GIDs of RDMA devices, peer memory and EFA.
#include "catch.hpp"
#include "run_probe.hpp"

using namespace preflight;
using test::host_state;
using test::MemoryTree;
using test::run_probe;
using test::state_of;

namespace {

const std::string kPort = "/sys/class/infiniband/mlx5_0/ports/1/";
const std::string kAddress = "0000:0000:0000:0000:0000:ffff:0a01:0203";

void add_port(MemoryTree& files, const std::string& link_layer) {
  files.file(kPort + "state", "4: ACTIVE\n").file(kPort + "link_layer", link_layer + "\n");
}

void add_gid(MemoryTree& files, const std::string& index, const std::string& gid, const std::string& type) {
  files.file(kPort + "gids/" + index, gid + "\n").file(kPort + "gid_attrs/types/" + index, type + "\n");
  files.file(kPort + "gid_attrs/ndevs/" + index, "eth0\n");
}

std::string gids(const MemoryTree& files) {
  return state_of(*run_probe("rdma", files).of_kind("rdma").at(0), "gids");
}

std::string text_of(const std::string& gid, const std::string& index, const std::string& type,
                    const std::string& interface = "eth0") {
  return "gid=" + gid + ", index=" + index + ", interface=" + interface + ", port=1, type=" + type;
}

}  // namespace

TEST_CASE("the GIDs of a RoCE port") {
  MemoryTree files;
  add_port(files, "Ethernet");
  CHECK(gids(files) == "");
  add_gid(files, "0", kAddress, "IB/RoCE v1");
  CHECK(gids(files) == text_of(kAddress, "0", "RoCE v1"));
  SECTION("empty places are left out") {
    add_gid(files, "0", "0000:0000:0000:0000:0000:0000:0000:0000", "");
    add_gid(files, "1", kAddress, "RoCE v2");
    CHECK(gids(files) == text_of(kAddress, "1", "RoCE v2"));
  }
  SECTION("places of another network namespace are passed over, and attributes may be hidden") {
    files.fail(kPort + "gids/0", {ErrorKind::io, "invalid argument"});
    files.file(kPort + "gids/1", kAddress);
    files.fail(kPort + "gid_attrs/types/1", {ErrorKind::io, "invalid argument"});
    CHECK(gids(files) == text_of(kAddress, "1", "", ""));
  }
  SECTION("the table is read in part") {
    for (int index = 0; index < 256; ++index) add_gid(files, std::to_string(index), kAddress, "RoCE v2");
    const auto document = run_probe("rdma", files);
    CHECK(document.of_kind("rdma").at(0)->list("gids")->size() == 32);
  }
  SECTION("unreadable") {
    files.fail(kPort + "gids/0", {ErrorKind::not_permitted, "permission denied"});
    CHECK(gids(files) == "unreadable");
    files = MemoryTree();
    add_port(files, "Ethernet");
    files.file(kPort + "gids/0", std::string(100'000, 'f'));
    CHECK(gids(files) == "unreadable");
  }
}

TEST_CASE("GIDs of InfiniBand ports aren't told") {
  MemoryTree files;
  add_port(files, "InfiniBand");
  add_gid(files, "0", kAddress, "IB/RoCE v1");
  CHECK(gids(files) == "");
}

TEST_CASE("a device whose ports can't be listed") {
  MemoryTree files;
  add_port(files, "Ethernet");
  files.fail("/sys/class/infiniband/mlx5_0/ports", {ErrorKind::not_permitted, "permission denied"});
  CHECK(gids(files) == "unreadable");
}

TEST_CASE("clients of peer memory") {
  const auto clients = [](const MemoryTree& files) {
    return host_state(run_probe("rdma", files), "peer_memory.clients");
  };
  MemoryTree files;
  CHECK(clients(files) == "not observable");
  files.directory("/sys/class");
  CHECK(clients(files) == "absent");
  files.directory("/sys/kernel/mm/memory_peers");
  CHECK(clients(files) == "");
  files.file("/sys/kernel/mm/memory_peers/nv_mem/version", "1.1\n").file("/sys/kernel/mm/memory_peers/x", "");
  CHECK(clients(files) == "nv_mem");
  files.fail("/sys/kernel/mm/memory_peers", {ErrorKind::not_permitted, "permission denied"});
  CHECK(clients(files) == "unreadable");
}

TEST_CASE("the version of the EFA installer") {
  MemoryTree files;
  const auto version = [&](const std::string& text) {
    files.file("/opt/amazon/efa_installed_packages", text);
    return host_state(run_probe("rdma", files), "efa.installer_version");
  };
  CHECK(host_state(run_probe("rdma", files), "efa.installer_version") == "absent");
  CHECK(version("# EFA installer version: 1.30.0\n# Debug packages: no\nefa-config_1.15\n") == "1.30.0");
  CHECK(version("# EFA installer version: next\n# EFA installer version: 1.31.0\n") == "1.31.0");
  CHECK(version("") == "unreadable");
  CHECK(version("# EFA installer version:") == "unreadable");
  CHECK(version("efa-config_1.15\n") == "unreadable");
  CHECK(version(std::string(100'000, '\xff')) == "unreadable");
  files.fifo("/opt/amazon/efa_installed_packages");
  CHECK(host_state(run_probe("rdma", files), "efa.installer_version") == "unreadable");
}
