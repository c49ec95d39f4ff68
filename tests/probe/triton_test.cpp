// The assemblers in Triton's package.
#include "catch.hpp"
#include "doubles/elf_image.hpp"
#include "python_trees.hpp"

using namespace preflight;
using test::MemoryTree;
using test::state_of;

namespace {

constexpr auto kTritonPrefix = "/opt/python";
const std::string kTriton = "/opt/python/lib/python3.11/site-packages/triton";

std::string assembler(const std::string& text) {
  test::ElfImage image;
  image.sections = {{".rodata", std::string("\0", 1) + text + std::string(1, '\0')}};
  return image.bytes();
}

struct TritonFixture {
  MemoryTree tree;

  TritonFixture() {
    test::add_python(tree, kTritonPrefix, "3.11.7");
    tree.file(kTriton + "/__init__.py", "");
  }
  facts::Subject probe() {
    return test::environment(test::probe_environments(tree, {kTritonPrefix}), kTritonPrefix);
  }
};

}  // namespace

TEST_CASE("a ptxas states its version as it prints it") {
  TritonFixture fixture;
  fixture.tree.file(kTriton + "/backends/nvidia/bin/ptxas",
                    assembler("Cuda compilation tools, release %d.%d, V%d\n"));
  CHECK(state_of(fixture.probe(), "triton.ptxas") == "unreadable");
  fixture.tree.file(kTriton + "/backends/nvidia/bin/ptxas",
                    assembler("Cuda compilation tools, release 12.8, V12.8.93\nBuild cuda_12.8.r12.8/1_0"));
  CHECK(state_of(fixture.probe(), "triton.ptxas") == "12.8.93");
  CHECK(state_of(fixture.probe(), "triton.ptxas_blackwell") == "absent");
}

TEST_CASE("older Tritons have it elsewhere, some have two") {
  TritonFixture fixture;
  fixture.tree.file(kTriton + "/third_party/cuda/bin/ptxas",
                    assembler("Cuda compilation tools, release 12.3, V12.3.52\n"));
  fixture.tree.file(kTriton + "/backends/nvidia/bin/ptxas-blackwell",
                    assembler("Cuda compilation tools, release 13.4, V13.4.59\n"));
  const auto python = fixture.probe();
  CHECK(state_of(python, "triton.ptxas") == "12.3.52");
  CHECK(state_of(python, "triton.ptxas_blackwell") == "13.4.59");
}

TEST_CASE("no Triton, no assembler; what isn't ELF is unreadable") {
  MemoryTree tree;
  test::add_python(tree, kTritonPrefix, "3.11.7");
  tree.directory("/opt/python/lib/python3.11/site-packages");
  const auto document = test::probe_environments(tree, {kTritonPrefix});
  CHECK(state_of(test::environment(document, kTritonPrefix), "triton.ptxas") == "absent");
  TritonFixture fixture;
  CHECK(state_of(fixture.probe(), "triton.ptxas") == "absent");
  fixture.tree.file(kTriton + "/backends/nvidia/bin/ptxas", "#!/bin/sh\n");
  CHECK(state_of(fixture.probe(), "triton.ptxas") == "unreadable");
  fixture.tree.fifo(kTriton + "/backends/nvidia/bin/ptxas-blackwell");
  CHECK(state_of(fixture.probe(), "triton.ptxas_blackwell") == "unreadable");
}
