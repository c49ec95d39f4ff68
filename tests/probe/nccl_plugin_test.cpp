#include "catch.hpp"
#include "doubles/elf_image.hpp"
#include "doubles/loader_cache_image.hpp"
#include "run_probe.hpp"

using namespace preflight;
using namespace std::string_literals;
using test::ElfImage;
using test::host_state;
using test::loader_cache_image;
using test::MemoryTree;
using test::run_probe;

namespace {

constexpr const char* kPlugin = "/opt/plugin/lib/libnccl-net.so";
constexpr const char* kFabric = "/opt/efa/lib/libfabric.so.1";

std::string fabric(std::vector<std::string> versions) {
  ElfImage image;
  image.soname = "libfabric.so.1";
  image.versions = std::move(versions);
  return image.bytes();
}

std::string plugin(std::vector<std::string> needed = {"libfabric.so.1"}) {
  ElfImage image;
  image.soname = "libnccl-net.so";
  image.needed = std::move(needed);
  image.needed_versions = {"FABRIC_1.6"};
  return image.bytes();
}

// A plugin on LD_LIBRARY_PATH and the library that it needs in the loader's cache.
MemoryTree with_plugin(const std::string& further_variables = "") {
  MemoryTree files;
  files.file("/proc/self/environ", "LD_LIBRARY_PATH=/opt/plugin/lib\0"s + further_variables)
      .file("/etc/ld.so.cache", loader_cache_image({{"libfabric.so.1", kFabric}}))
      .file(kPlugin, plugin())
      .file(kFabric, fabric({"libfabric.so.1", "FABRIC_1.6"}));
  return files;
}

std::string plugin_fact(const MemoryTree& files, const std::string& name,
                        probe::SystemState state = probe::SystemState::running) {
  return host_state(run_probe("nccl-plugin", files, state), "nccl.plugin." + name);
}

}  // namespace

TEST_CASE("a plugin that would load") {
  const auto files = with_plugin();
  CHECK(plugin_fact(files, "path") == kPlugin);
  CHECK(plugin_fact(files, "missing_libraries") == "");
  CHECK(plugin_fact(files, "missing_versions") == "");
}

TEST_CASE("a plugin without its library, or with one that is too old") {
  auto files = with_plugin();
  files.file("/etc/ld.so.cache", loader_cache_image({}));
  CHECK(plugin_fact(files, "missing_libraries") == "libfabric.so.1");
  CHECK(plugin_fact(files, "missing_versions") == "");
  files = with_plugin();
  files.file(kFabric, fabric({"libfabric.so.1", "FABRIC_1.1"}));
  CHECK(plugin_fact(files, "missing_libraries") == "");
  CHECK(plugin_fact(files, "missing_versions") == "FABRIC_1.6 of "s + kFabric);
}

TEST_CASE("the driver's libraries aren't missed") {
  auto files = with_plugin();
  files.file(kPlugin, plugin({"libfabric.so.1", "libcuda.so.1", "libgone.so.2"}));
  CHECK(plugin_fact(files, "missing_libraries") == "libgone.so.2");
}

TEST_CASE("without a plugin there is nothing") {
  for (const auto* name : {"path", "missing_libraries", "missing_versions"}) {
    CHECK(plugin_fact(MemoryTree(), name) == "absent");
    // At rest there is no LD_LIBRARY_PATH.
    CHECK(plugin_fact(with_plugin(), name, probe::SystemState::at_rest) == "absent");
  }
}

TEST_CASE("NCCL_NET_PLUGIN names another plugin") {
  SECTION("none") {
    CHECK(plugin_fact(with_plugin("NCCL_NET_PLUGIN=none\0"s), "path") == "absent");
  }
  SECTION("the end of a name") {
    auto files = with_plugin("NCCL_NET_PLUGIN=aws\0"s);
    CHECK(plugin_fact(files, "path") == "absent");
    files.file("/opt/plugin/lib/libnccl-net-aws.so", plugin());
    CHECK(plugin_fact(files, "path") == "/opt/plugin/lib/libnccl-net-aws.so");
  }
  SECTION("a path") {
    auto files = with_plugin("NCCL_NET_PLUGIN=/mine.so\0"s);
    CHECK(plugin_fact(files, "path") == "absent");
    files.file("/mine.so", plugin());
    CHECK(plugin_fact(files, "path") == "/mine.so");
    CHECK(plugin_fact(files, "missing_libraries") == "");
  }
}

TEST_CASE("a plugin or a library of garbage") {
  auto files = with_plugin();
  for (const auto& content : {""s, "no ELF file"s, std::string(10'000, '\xff'), plugin().substr(0, 80)}) {
    files.file(kPlugin, content);
    CHECK(plugin_fact(files, "path") == kPlugin);
    CHECK(plugin_fact(files, "missing_libraries") == "unreadable");
    CHECK(plugin_fact(files, "missing_versions") == "unreadable");
  }
  files.fifo(kPlugin);
  CHECK(plugin_fact(files, "path") == "absent");
  // ld.so reports a library that it finds and can't map.
  files = with_plugin();
  files.file(kFabric, "no ELF file");
  CHECK(plugin_fact(files, "path") == kPlugin);
  CHECK(plugin_fact(files, "missing_libraries") == "libfabric.so.1");
}

TEST_CASE("variables that can't be read leave the plugin unknown") {
  auto files = with_plugin();
  files.fail("/proc/self/environ", {ErrorKind::not_permitted, "permission denied"});
  for (const auto* name : {"path", "missing_libraries", "missing_versions"}) {
    CHECK(plugin_fact(files, name) == "unreadable");
  }
}
