#include "catch.hpp"
#include "run_probe.hpp"

using namespace preflight;
using target::Access;
using test::host_state;
using test::MemoryTree;
using test::run_probe;

namespace {

MemoryTree two_gpus() {
  MemoryTree root;
  root.device("/dev/nvidia0", 195, 0, Access::read_write)
      .device("/dev/nvidia1", 195, 1, Access::none, 0600)
      .device("/dev/nvidiactl", 195, 255, Access::read_write)
      .device("/dev/nvidia-uvm", 511, 0, Access::read_only, 0644)
      .device("/dev/nvidia-uvm-tools", 511, 1, Access::read_write)
      .device("/dev/nvidia-modeset", 195, 254, Access::read_write)
      .device("/dev/nvidia-caps/nvidia-cap1", 237, 1, Access::none, 0400)
      .device("/dev/nvidia-caps-imex-channels/channel0", 234, 0, Access::read_write)
      .device("/dev/null", 1, 3, Access::read_write);
  return root;
}

}  // namespace

TEST_CASE("nodes of the driver are told with their access") {
  const auto root = two_gpus();
  const auto document = run_probe("device-nodes", root);
  CHECK(host_state(document, "devices.nvidiactl") == "read-write");
  CHECK(host_state(document, "devices.nvidia_uvm") == "read-only");
  CHECK(host_state(document, "devices.gpu_nodes") == "2");
  CHECK(host_state(document, "devices.inaccessible_gpu_nodes") == "/dev/nvidia1");
  CHECK(host_state(document, "devices.mig_capabilities") == "/dev/nvidia-caps/nvidia-cap1");
  CHECK(host_state(document, "devices.imex_channels") == "/dev/nvidia-caps-imex-channels/channel0");
  CHECK(host_state(document, "devices.dxg") == "false");
  const auto* nodes = document.host().list("devices.nodes");
  REQUIRE(nodes != nullptr);
  REQUIRE(nodes->size() == 8);
  CHECK(facts::to_text(nodes->at(4)) == "access=none, major=195, minor=1, mode=0600, path=/dev/nvidia1");
}

TEST_CASE("device nodes without a link in /dev/char are told") {
  auto root = two_gpus();
  CHECK(host_state(run_probe("device-nodes", root), "devices.missing_char_links") == "absent");
  for (const auto* link : {"195:0", "195:1", "195:254", "511:0", "511:1"}) {
    root.link(std::string("/dev/char/") + link, "/dev/null");
  }
  CHECK(host_state(run_probe("device-nodes", root), "devices.missing_char_links") == "/dev/nvidiactl");
}

TEST_CASE("no node of the driver in a readable /dev is absent, not unknown") {
  MemoryTree root;
  root.device("/dev/null", 1, 3, Access::read_write).device("/dev/dxg", 10, 125, Access::read_write);
  const auto document = run_probe("device-nodes", root);
  CHECK(host_state(document, "devices.nvidiactl") == "absent");
  CHECK(host_state(document, "devices.nvidia_uvm") == "absent");
  CHECK(host_state(document, "devices.gpu_nodes") == "0");
  CHECK(host_state(document, "devices.mig_capabilities") == "absent");
  CHECK(host_state(document, "devices.dxg") == "true");
}

TEST_CASE("an unreadable /dev leaves everything unknown") {
  auto root = two_gpus();
  root.fail("/dev", {ErrorKind::not_permitted, "permission denied"});
  const auto document = run_probe("device-nodes", root);
  CHECK(host_state(document, "devices.nvidiactl") == "unreadable");
  CHECK(host_state(document, "devices.gpu_nodes") == "unreadable");
  CHECK(host_state(document, "devices.dxg") == "unreadable");
}

TEST_CASE("files, FIFOs and dangling links with a node's name are no nodes") {
  MemoryTree root;
  root.file("/dev/nvidia0", "no device").fifo("/dev/nvidiactl").link("/dev/nvidia-uvm", "nowhere");
  root.link("/dev/nvidia1", "nvidia1").directory("/dev/nvidia2");
  const auto document = run_probe("device-nodes", root);
  CHECK(host_state(document, "devices.nvidiactl") == "absent");
  CHECK(host_state(document, "devices.nvidia_uvm") == "absent");
  CHECK(host_state(document, "devices.gpu_nodes") == "0");
  CHECK(host_state(document, "devices.nodes").empty());
}
