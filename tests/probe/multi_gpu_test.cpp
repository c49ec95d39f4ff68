// What several GPUs and nodes need of a machine: NCCL's plugin, peer memory, EFA, the daemons' order, signed
// modules, NUMA nodes, windows above 4 GiB.
#include "catch.hpp"
#include "doubles/elf_image.hpp"
#include "probe/installed_module.hpp"
#include "probe/number_list.hpp"
#include "run_probe.hpp"

using namespace preflight;
using namespace std::string_literals;
using test::ElfImage;
using test::host_state;
using test::MemoryTree;
using test::run_probe;
using test::state_of;

namespace {

// A plugin that needs libfabric in a version, beside a libfabric that has these.
MemoryTree with_plugin(const std::vector<std::string>& versions) {
  MemoryTree root;
  root.file("/proc/self/environ", "LD_LIBRARY_PATH=/opt/ofi/lib\0"s);
  root.file(
      "/opt/ofi/lib/libnccl-net.so",
      ElfImage{.soname = "libnccl-net.so", .needed = {"libfabric.so.1"}, .needed_versions = {"FABRIC_1.7"}}
          .bytes());
  root.file("/opt/ofi/lib/libfabric.so.1",
            ElfImage{.soname = "libfabric.so.1", .versions = versions}.bytes());
  return root;
}

// The stat file of a process that was started so many ticks after the boot.
std::string stat_of(const std::string& name, const std::string& ticks) {
  return "9 (" + name + ") S 1 9 9 0 -1 4194560 1 0 0 0 1 1 0 0 20 0 1 0 " + ticks + " 1 1\n";
}

MemoryTree one_gpu(const std::string& resource) {
  const std::string gpu = "/sys/bus/pci/devices/0000:3b:00.0/";
  MemoryTree root;
  root.file(gpu + "uevent", "DRIVER=nvidia\nPCI_CLASS=30200\nPCI_ID=10DE:2330\n")
      .file(gpu + "resource", resource)
      .directory("/sys/class");
  return root;
}

Result<bool> is_signed(const std::string& module) {
  return probe::is_signed_module(BufferSource(std::as_bytes(std::span(module))));
}

}  // namespace

TEST_CASE("NCCL's plugin is found, and held to the libfabric that it would get") {
  SECTION("that has what it needs") {
    const auto document = run_probe("nccl-plugin", with_plugin({"libfabric.so.1", "FABRIC_1.7"}));
    CHECK(host_state(document, "nccl.plugin.path") == "/opt/ofi/lib/libnccl-net.so");
    CHECK(host_state(document, "nccl.plugin.missing_versions").empty());
    CHECK(host_state(document, "nccl.plugin.missing_libraries").empty());
  }
  SECTION("that is older") {
    const auto document = run_probe("nccl-plugin", with_plugin({"libfabric.so.1", "FABRIC_1.6"}));
    CHECK(host_state(document, "nccl.plugin.missing_versions") ==
          "FABRIC_1.7 of /opt/ofi/lib/libfabric.so.1");
  }
  SECTION("that isn't there") {
    auto root = with_plugin({});
    root.fail("/opt/ofi/lib/libfabric.so.1", {ErrorKind::not_found, "no such file"});
    CHECK(host_state(run_probe("nccl-plugin", root), "nccl.plugin.missing_libraries") == "libfabric.so.1");
  }
}

TEST_CASE("which plugin NCCL looks for is told by NCCL_NET_PLUGIN") {
  auto root = with_plugin({"libfabric.so.1", "FABRIC_1.7"});
  const auto path_with = [&](const std::string& plugin) {
    root.file("/proc/self/environ", "LD_LIBRARY_PATH=/opt/ofi/lib\0NCCL_NET_PLUGIN="s + plugin + "\0"s);
    return host_state(run_probe("nccl-plugin", root), "nccl.plugin.path");
  };
  CHECK(path_with("none") == "absent");
  CHECK(path_with("ofi") == "absent");
  root.file("/opt/ofi/lib/libnccl-net-ofi.so", ElfImage{.soname = "libnccl-net-ofi.so"}.bytes());
  CHECK(path_with("ofi") == "/opt/ofi/lib/libnccl-net-ofi.so");
  CHECK(path_with("/opt/ofi/lib/libnccl-net.so") == "/opt/ofi/lib/libnccl-net.so");
  CHECK(host_state(run_probe("nccl-plugin", MemoryTree()), "nccl.plugin.path") == "absent");
}

TEST_CASE("a plugin that is no library") {
  auto root = with_plugin({});
  root.file("/opt/ofi/lib/libnccl-net.so", "no ELF file");
  const auto document = run_probe("nccl-plugin", root);
  CHECK(host_state(document, "nccl.plugin.path") == "/opt/ofi/lib/libnccl-net.so");
}

TEST_CASE("who registered GPU memory with the RDMA stack") {
  MemoryTree root;
  CHECK(host_state(run_probe("rdma", root), "peer_memory.clients") == "not observable");
  root.directory("/sys/class");
  CHECK(host_state(run_probe("rdma", root), "peer_memory.clients") == "absent");
  root.directory("/sys/kernel/mm/memory_peers");
  CHECK(host_state(run_probe("rdma", root), "peer_memory.clients").empty());
  root.file("/sys/kernel/mm/memory_peers/nv_mem/version", "535.104.05\n");
  CHECK(host_state(run_probe("rdma", root), "peer_memory.clients") == "nv_mem");
}

TEST_CASE("the EFA installer leaves its version") {
  const auto version_in = [](const std::string& text) {
    MemoryTree root;
    root.file("/opt/amazon/efa_installed_packages", text);
    return host_state(run_probe("rdma", root), "efa.installer_version");
  };
  CHECK(version_in("# EFA installer version: 1.30.0\n# Debug packages installed: no\n") == "1.30.0");
  CHECK(version_in("# EFA installer version: latest\n") == "unreadable");
  CHECK(version_in("") == "unreadable");
  CHECK(host_state(run_probe("rdma", MemoryTree()), "efa.installer_version") == "absent");
}

TEST_CASE("when the daemons were started") {
  MemoryTree root;
  root.file("/proc/2/comm", "kthreadd\n")
      .file("/proc/9/comm", "nvidia-persiste\n")
      .file("/proc/9/stat", stat_of("nvidia-persiste", "1234"))
      .file("/proc/10/comm", "nv-fabricmanage\n")
      .file("/proc/10/stat", stat_of("a) S (name", "9000050"));
  const auto document = run_probe("driver-services", root);
  CHECK(host_state(document, "persistenced.started") == "12");
  CHECK(host_state(document, "fabric_manager.started") == "90000");
  CHECK(host_state(document, "imex.running") == "false");
  for (const auto* const damaged : {"", "9 (name", "9 (name) S 1", ") -5"}) {
    root.file("/proc/9/stat", damaged);
    CHECK(host_state(run_probe("driver-services", root), "persistenced.started") == "unreadable");
  }
}

TEST_CASE("a daemon that doesn't run wasn't started") {
  MemoryTree root;
  root.file("/proc/2/comm", "kthreadd\n");
  CHECK(host_state(run_probe("driver-services", root), "fabric_manager.started") == "absent");
  root.file("/proc/2/comm", "bash\n");
  CHECK(host_state(run_probe("driver-services", root), "fabric_manager.started") == "not observable");
}

TEST_CASE("signed modules end with the kernel's mark") {
  CHECK(is_signed("code, signature~Module signature appended~\n").value());
  CHECK(!is_signed("code~Module signature appended~").value());
  CHECK(!is_signed("code").value());
  CHECK(!is_signed("").value());
}

TEST_CASE("NUMA nodes with memory and without CPUs") {
  MemoryTree root;
  root.directory("/sys/class");
  CHECK(host_state(run_probe("memory", root), "numa.nodes_without_cpus") == "absent");
  root.file("/sys/devices/system/node/has_memory", "0-3\n").file("/sys/devices/system/node/has_cpu", "0,2\n");
  CHECK(host_state(run_probe("memory", root), "numa.nodes_without_cpus") == "1, 3");
  CHECK(probe::numbers_of_list("0-2,8") == std::vector<std::int64_t>{0, 1, 2, 8});
  CHECK(probe::numbers_of_list("0-99999999").empty());
}

TEST_CASE("a GPU's windows tell whether the firmware maps above 4 GiB") {
  const auto above = one_gpu(
      "0x00000000fa000000 0x00000000faffffff 0x0000000000040200\n"
      "0x0000380000000000 0x0000381fffffffff 0x000000000014220c\n");
  auto document = run_probe("pci", above);
  CHECK(host_state(document, "pci.memory_above_4g") == "true");
  CHECK(state_of(*document.of_kind("gpu").at(0), "pcie.unassigned_windows").empty());

  const auto unassigned = one_gpu(
      "0x00000000fa000000 0x00000000faffffff 0x0000000000040200\n"
      "0x0000000000000000 0x0000001fffffffff 0x000000002014220c\n");
  document = run_probe("pci", unassigned);
  CHECK(host_state(document, "pci.memory_above_4g") == "false");
  CHECK(state_of(*document.of_kind("gpu").at(0), "pcie.unassigned_windows") == "1");

  MemoryTree without;
  without.directory("/sys/class").directory("/sys/bus/pci/devices");
  CHECK(host_state(run_probe("pci", without), "pci.memory_above_4g") == "absent");
}
