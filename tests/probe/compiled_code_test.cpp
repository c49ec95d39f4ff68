#include "catch.hpp"
#include "doubles/elf_image.hpp"
#include "python_trees.hpp"
#include "run_probe.hpp"
#include "torch_installation.hpp"

using namespace preflight;
using test::state_of;

namespace {

const facts::Subject& loaded(const facts::Document& document, const test::TorchInstallation& torch,
                             const std::string& soname) {
  for (const auto* const library : document.of_kind("loaded_library")) {
    if (library->id == soname + " of " + torch.prefix()) return *library;
  }
  throw std::logic_error(soname + " isn't loaded");
}

const facts::Subject& only(const facts::Document& document, std::string_view kind) {
  const auto subjects = document.of_kind(kind);
  if (subjects.size() != 1) throw std::logic_error("not one " + std::string(kind));
  return *subjects.front();
}

std::size_t size_of(const facts::Subject& subject, std::string_view path) {
  const auto* const list = subject.list(path);
  return list == nullptr ? 1000 : list->size();
}

}  // namespace

TEST_CASE("a torch whose libraries fit loads them from its own packages") {
  if (!test::can_make_torch()) {
    WARN("no compiler for x86-64 and glibc: not tested");
    return;
  }
  const test::TorchInstallation torch;
  const auto document = torch.probe();
  const auto& environment = only(document, "environment");
  CHECK(size_of(environment, "load.missing") == 0);
  CHECK(size_of(environment, "load.undefined") == 0);
  CHECK(size_of(environment, "load.missing_versions") == 0);
  CHECK(test::host_state(document, "extensions") == "0");

  const auto& cudnn = loaded(document, torch, "libcudnn.so.9");
  CHECK(state_of(cudnn, "path") == torch.packages() + "/nvidia/cudnn/lib/libcudnn.so.9");
  CHECK(state_of(cudnn, "needed_by") == torch.packages() + "/torch/lib/libtorch_cuda.so");
  CHECK(state_of(cudnn, "found_by") == "DT_RPATH");
  CHECK(state_of(cudnn, "stage") == "torch");
  CHECK(state_of(cudnn, "own") == "true");
  CHECK(state_of(cudnn, "own_copy") == "absent");
  CHECK(state_of(cudnn, "executable_stack") == "false");
  CHECK(state_of(cudnn, "gpu_code.sass") == "");
  const auto& part = loaded(document, torch, "libcudnn_graph.so.9");
  CHECK(state_of(part, "stage") == "use");
  CHECK(state_of(part, "found_by") == "DT_RUNPATH");
  CHECK(state_of(loaded(document, torch, "python3.11"), "stage") == "program");
}

TEST_CASE("LD_LIBRARY_PATH replaces what has a DT_RUNPATH and not what has a DT_RPATH") {
  if (!test::can_make_torch()) return;
  const test::TorchInstallation torch;
  const auto other = torch.prefix() + "/other";
  torch.add({other + "/libcudnn.so.9", {}, "void cudnnCreate(void) {}"});
  torch.add({other + "/libcudnn_graph.so.9"});
  const auto document = torch.probe(other);
  CHECK(state_of(loaded(document, torch, "libcudnn.so.9"), "own") == "true");
  const auto& part = loaded(document, torch, "libcudnn_graph.so.9");
  CHECK(state_of(part, "path") == other + "/libcudnn_graph.so.9");
  CHECK(state_of(part, "found_by") == "LD_LIBRARY_PATH");
  CHECK(state_of(part, "own") == "false");
  CHECK(state_of(part, "own_copy") == torch.packages() + "/nvidia/cudnn/lib/libcudnn_graph.so.9");
  // The machine may have a copy of its own behind it.
  CHECK(state_of(part, "lost").starts_with(torch.packages() + "/nvidia/cudnn/lib/libcudnn_graph.so.9"));
}

TEST_CASE("a preloaded library wins over the environment's own") {
  if (!test::can_make_torch()) return;
  const test::TorchInstallation torch;
  const auto other = torch.prefix() + "/other/libnccl.so.2";
  torch.add({other});
  const auto document = torch.probe({}, other);
  const auto& nccl = loaded(document, torch, "libnccl.so.2");
  CHECK(state_of(nccl, "path") == other);
  CHECK(state_of(nccl, "found_by") == "LD_PRELOAD");
  CHECK(state_of(nccl, "stage") == "program");
  // It lacks the function that libtorch_cuda needs.
  const auto* const undefined = only(document, "environment").list("load.undefined");
  REQUIRE(undefined != nullptr);
  REQUIRE(undefined->size() == 1);
  const auto& record = std::get<facts::Map>(undefined->front().data);
  CHECK(facts::to_text(record.at("symbol")) == "ncclCommSplit");
  CHECK(facts::to_text(record.at("origin")) == "cuda");
}

TEST_CASE("two files of one SONAME are both told") {
  if (!test::can_make_torch()) return;
  const test::TorchInstallation torch;
  const auto first = torch.prefix() + "/first/libnccl.so.2";
  const auto second = torch.prefix() + "/second/libnccl.so.2";
  torch.add({first});
  torch.add({second});
  const auto document = torch.probe({}, first + ":" + second);
  CHECK(state_of(loaded(document, torch, "libnccl.so.2"), "path") == first);
  CHECK(state_of(loaded(document, torch, "libnccl.so.2 (" + second + ")"), "path") == second);
}

TEST_CASE("a library that isn't there is missing, and torch looks for some itself") {
  if (!test::can_make_torch()) return;
  const test::TorchInstallation torch;
  torch.remove("torch/lib/libc10.so");
  const auto document = torch.probe();
  const auto& environment = only(document, "environment");
  CHECK(size_of(environment, "load.missing") == 1);
  CHECK(state_of(environment, "load.undefined") == "not observable");
  // Without a path of its own libtorch_global_deps finds cudart only after torch has loaded it.
  torch.add(
      {.path = "torch/lib/libtorch_global_deps.so", .needs = {"nvidia/cuda_runtime/lib/libcudart.so.12"}});
  torch.add({"torch/lib/libc10.so"});
  const auto preloaded = torch.probe();
  CHECK(size_of(only(preloaded, "environment"), "load.missing") == 0);
  CHECK(state_of(loaded(preloaded, torch, "libcudart.so.12"), "found_by") == "preload");
}

TEST_CASE("an extension of another torch lacks symbols") {
  if (!test::can_make_torch()) return;
  const test::TorchInstallation torch;
  torch.add({.path = "vision/_C.so",
             .code = "void _ZN3c105ErrorC2ESs(void); void use(void) { _ZN3c105ErrorC2ESs(); }",
             .needs = {"torch/lib/libc10.so"},
             .further_options = "-z execstack"});
  torch.add({.path = "vision/plain.so"});
  torch.add_package("vision", {"vision/_C.so", "vision/plain.so", "vision/gone.so", "vision/__init__.py"});
  const auto document = torch.probe();
  const auto& extension = only(document, "extension");
  CHECK(state_of(extension, "cuda_libraries") == "");
  CHECK(state_of(extension, "path") == torch.packages() + "/vision/_C.so");
  CHECK(state_of(extension, "package") == "vision");
  CHECK(state_of(extension, "links_torch") == "true");
  CHECK(state_of(extension, "machine") == "x86_64");
  CHECK(state_of(extension, "missing_libraries") == "");
  CHECK(state_of(extension, "undefined.count") == "1");
  CHECK(state_of(extension, "undefined.symbol") == "_ZN3c105ErrorC2ESs");
  CHECK(state_of(extension, "undefined.origin") == "torch");
  CHECK(state_of(extension, "undefined.string_abi") == "old");
  CHECK(state_of(extension, "executable_stack") == "true");
}

TEST_CASE("an extension of another CUDA needs libraries that aren't there") {
  if (!test::can_make_torch()) return;
  const test::TorchInstallation torch;
  torch.add({"old/libcudart.so.11.0"});
  torch.add({.path = "vision/_C.so", .needs = {"torch/lib/libc10.so", "old/libcudart.so.11.0"}});
  torch.add_package("vision", {"vision/_C.so"});
  const auto document = torch.probe();
  const auto& extension = only(document, "extension");
  CHECK(state_of(extension, "missing_libraries") == "libcudart.so.11.0");
  CHECK(state_of(extension, "cuda_libraries") == "libcudart.so.11.0");
  CHECK(state_of(extension, "undefined.count") == "not observable");
  // A package may open its own libraries before it needs them.
  torch.add_package("vision", {"vision/_C.so", "old/libcudart.so.11.0"});
  const auto helped = torch.probe();
  CHECK(state_of(only(helped, "extension"), "missing_libraries") == "");
}

TEST_CASE("the driver's functions are left to the driver") {
  if (!test::can_make_torch()) return;
  const test::TorchInstallation torch;
  torch.add({.path = torch.prefix() + "/driver/libcuda.so.1", .code = "void cuInit(void) {}"});
  torch.add({.path = "vision/_C.so",
             .code = "void cuInit(void); void cuTensorMapEncodeTiled(void);\n"
                     "void use(void) { cuInit(); cuTensorMapEncodeTiled(); }",
             .needs = {torch.prefix() + "/driver/libcuda.so.1"}});
  torch.add_package("vision", {"vision/_C.so"});
  const auto without = torch.probe();
  CHECK(state_of(only(without, "extension"), "missing_libraries") == "");
  CHECK(state_of(only(without, "extension"), "driver_functions.needed") == "cuInit, cuTensorMapEncodeTiled");
  CHECK(state_of(only(without, "extension"), "driver_functions.missing") == "");
  const auto with = torch.probe(torch.prefix() + "/driver");
  CHECK(state_of(only(with, "extension"), "driver_functions.missing") == "cuTensorMapEncodeTiled");
}

TEST_CASE("what keeps the import from being followed is told") {
  if (!test::can_make_torch()) return;
  const test::TorchInstallation torch;
  torch.remove("torch/_C.cpython-311-x86_64-linux-gnu.so");
  CHECK(state_of(only(torch.probe(), "environment"), "load.missing") == "unreadable");
  const test::TorchInstallation broken;
  broken.remove("torch/lib/libtorch_cuda.so");
  CHECK(size_of(only(broken.probe(), "environment"), "load.missing") == 1);
}

TEST_CASE("variables that can't be read leave the load map unknown") {
  test::MemoryTree tree;
  test::add_python(tree, "/opt/python", "3.11.7");
  tree.file("/opt/python/bin/python3.11", test::ElfImage{}.bytes(), test::kExecutable)
      .file("/opt/python/lib/python3.11/site-packages/torch/__init__.py", "");
  const auto reason = [&] {
    facts::Document document;
    facts::FactWriter writer(document);
    test::find_probe("compiled-code").run({tree, probe::SystemState::running, {"/opt/python"}}, writer);
    return only(document, "environment").find("load.missing")->unknown()->reason;
  };
  test::set_variables(tree, {"LD_LIBRARY_PATH=/opt/lib"});
  CHECK(reason() == "torch has no compiled module for this Python");
  tree.fail("/proc/self/environ", {ErrorKind::not_permitted, "permission denied"});
  CHECK(reason() == "the process' variables: permission denied");
}
