// Which NCCL is in use, from the best of what was read.
#include "catch.hpp"
#include "derive/derive.hpp"
#include "facts/writer.hpp"

using namespace preflight;

namespace {

struct NcclMachine {
  facts::Document document;
  facts::FactWriter writer{document};

  NcclMachine& library(const std::string& path, std::string_view version, std::string_view kind = "system") {
    auto library = writer.subject("library", path);
    library.set("name", "libnccl", path);
    library.set("version", version, path);
    library.set("kind", kind, path);
    return *this;
  }
  NcclMachine& wheel(const std::string& name, std::string_view version) {
    writer.subject("environment", "/v").set("packages", facts::Map{{name, version}}, "test");
    return *this;
  }
  std::string versions() {
    derive::run_derivations(document, {});
    const auto* const fact = document.host().find("nccl.versions");
    if (const auto* const unknown = fact->unknown()) return "unknown: " + unknown->reason;
    return facts::to_text(*fact->value()) + " (" + fact->source + ")";
  }
};

}  // namespace

TEST_CASE("what torch loads tells which NCCL is in use") {
  NcclMachine machine;
  machine.library("/v/libnccl.so.2", "2.27.5", "python").library("/usr/lib/libnccl.so.2", "2.18.1");
  auto loaded = machine.writer.subject("loaded_library", "libnccl.so.2");
  loaded.set("name", "libnccl", "test");
  loaded.set("path", "/v/libnccl.so.2", "test");
  CHECK(machine.versions() == "2.27.5 (loaded_libraries)");
}

TEST_CASE("without it, what the loader finds") {
  NcclMachine machine;
  machine.library("/a/libnccl.so.2", "2.18.1")
      .library("/b/libnccl.so.2", "2.10.3")
      .library("/c/libnccl.so.2", "2.4.8");
  machine.writer.subject("library", "/a/libnccl.so.2").set("search_position", 0, "test");
  machine.writer.subject("library", "/b/libnccl.so.2").set("search_position", 1, "test");
  machine.writer.subject("library", "/c/libnccl.so.2").absent("search_position", "test");
  CHECK(machine.versions() == "2.18.1 (libraries)");
  machine.library("/v/libnccl.so.2", "2.27.5", "python").library("/d/libnccl.so.2", "2.30.4");
  CHECK(machine.versions() == "2.18.1, 2.27.5, 2.30.4 (libraries)");
}

TEST_CASE("without either, the wheels") {
  CHECK(NcclMachine().wheel("nvidia-nccl-cu12", "2.26.2.post1").versions() == "2.26.2 (packages)");
  CHECK(NcclMachine().wheel("torch", "2.9.0").versions() == "unknown: no NCCL was seen");
}
