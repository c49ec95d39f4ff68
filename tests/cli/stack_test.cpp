// What `stack` prints of a small environment whose libraries are on the disk.
#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "doubles/elf_image.hpp"
#include "doubles/gpu_node.hpp"
#include "program.hpp"
#include "support/user_file.hpp"

using namespace preflight;
using nlohmann::json;
using test::call;
using test::contains;
using test::ElfImage;
using test::start;
using test::TemporaryDirectory;

namespace {

// A GPU node whose torch needs a cuDNN that LD_LIBRARY_PATH offers, too.
struct NodeWithTorch : TemporaryDirectory {
  NodeWithTorch() {
    using namespace std::string_literals;
    test::write_gpu_node(*this);
    file("proc/self/environ", "LD_LIBRARY_PATH=/usr/local/cuda/lib64\0"s);
    file("lib64/ld-linux-x86-64.so.2", ElfImage{.soname = "ld-linux-x86-64.so.2"}.bytes());
    file("usr/bin/python3.11", ElfImage{.interpreter = "/lib64/ld-linux-x86-64.so.2"}.bytes());
    const std::string packages = test::kNodePackages;
    file(packages + "/torch/_C.cpython-311-x86_64-linux-gnu.so",
         ElfImage{.needed = {"libtorch_python.so"}, .rpath = "$ORIGIN/lib"}.bytes());
    file(packages + "/torch/lib/libtorch_global_deps.so", ElfImage{}.bytes());
    file(packages + "/torch/lib/libtorch_python.so", ElfImage{.soname = "libtorch_python.so",
                                                              .needed = {"libcudnn.so.8"},
                                                              .runpath = "$ORIGIN/../../nvidia/cudnn/lib"}
                                                         .bytes());
    const auto cudnn = ElfImage{.soname = "libcudnn.so.8"}.bytes();
    file(packages + "/nvidia/cudnn/lib/libcudnn.so.8", cudnn);
    file("usr/local/cuda/lib64/libcudnn.so.8", cudnn);
  }
  std::string root() const { return path().string(); }
};

}  // namespace

TEST_CASE("stack tells which library is loaded, from where, and instead of which") {
  const NodeWithTorch node;
  const auto outcome = call({"stack", "--root", node.root()});
  CHECK(outcome.status == 0);
  CHECK(outcome.err.empty());
  CHECK(outcome.out ==
        "/opt/venv: torch 2.2.0+cu121, CUDA 12.1\n"
        "  python3.11  /usr/bin/python3.11  (start)\n"
        "    libtorch_global_deps.so  torch/lib/libtorch_global_deps.so  (path)\n"
        "    _C.cpython-311-x86_64-linux-gnu.so  torch/_C.cpython-311-x86_64-linux-gnu.so  (path)\n"
        "      libtorch_python.so  torch/lib/libtorch_python.so  (DT_RPATH)\n"
        "        libcudnn.so.8  /usr/local/cuda/lib64/libcudnn.so.8  (LD_LIBRARY_PATH)\n"
        "            not the environment's own nvidia/cudnn/lib/libcudnn.so.8\n");
  CHECK(!contains(outcome.out, "ld-linux"));
  CHECK(contains(call({"stack", "--root", node.root(), "--all"}).out,
                 "    ld-linux-x86-64.so.2  /lib64/ld-linux-x86-64.so.2  (start)\n"));
}

TEST_CASE("check says which cuDNN is loaded when it isn't the environment's own") {
  const NodeWithTorch node;
  CHECK(contains(call({"check", "--root", node.root()}).out,
                 "  cuDNN   unknown version from /usr/local/cuda/lib64/libcudnn.so.8\n"));
}

TEST_CASE("stack says the same of saved facts as of where they come from") {
  const NodeWithTorch node;
  const auto probed = call({"probe", "--root", node.root(), "--format", "json"});
  REQUIRE(probed.status == 0);
  for (const test::Arguments& form : {test::Arguments{"--format", "json"}, test::Arguments{"--all"}}) {
    test::Arguments live = {"stack", "--root", node.root()};
    test::Arguments saved = {"stack", "--facts", "-"};
    live.insert(live.end(), form.begin(), form.end());
    saved.insert(saved.end(), form.begin(), form.end());
    const auto direct = start(live);
    CHECK(direct.status == 0);
    const auto piped = start(saved, {.input = probed.out});
    CHECK(piped.out == direct.out);
    CHECK(piped.status == 0);
  }
}

TEST_CASE("the JSON of stack stands alone on standard output, or in a file") {
  const NodeWithTorch node;
  const auto outcome = call({"stack", "--root", node.root(), "--format", "json"});
  const auto map = json::parse(outcome.out);
  CHECK(map.at("schema") == 1);
  CHECK(map.at("target") == "directory " + node.root());
  const auto& environment = map.at("environments").at(0);
  CHECK(environment.at("prefix") == "/opt/venv");
  const auto& cudnn = environment.at("libraries").back();
  CHECK(cudnn.at("path") == "/usr/local/cuda/lib64/libcudnn.so.8");
  CHECK(cudnn.at("found_by") == "LD_LIBRARY_PATH");
  CHECK(cudnn.at("own_copy") == "/" + std::string(test::kNodePackages) + "/nvidia/cudnn/lib/libcudnn.so.8");

  const TemporaryDirectory results;
  const auto both = call({"stack", "--root", node.root(), "-o", "json=" + (results / "map.json")});
  CHECK(both.out.starts_with("/opt/venv: torch"));
  CHECK(read_user_file(results / "map.json", std::size_t{1} << 20).value() == outcome.out);
}

TEST_CASE("stack prints what could be read, whatever that is") {
  NodeWithTorch node;
  SECTION("a library is missing") {
    std::filesystem::remove_all(node / "usr/local/cuda");
    std::filesystem::remove_all(node / (std::string(test::kNodePackages) + "/nvidia"));
    const auto outcome = call({"stack", "--root", node.root()});
    CHECK(outcome.status == 0);
    CHECK(contains(outcome.out, "\n  not found: libcudnn.so.8, which\n"));
  }
  SECTION("no interpreter is there") {
    std::filesystem::remove(node / "usr/bin/python3.11");
    const auto outcome = call({"stack", "--root", node.root(), "--env", "/opt/venv"});
    CHECK(outcome.status == 0);
    CHECK(contains(outcome.out, "isn't known: "));
  }
  SECTION("the environment isn't there") {
    const auto outcome = call({"stack", "--root", node.root(), "--env", "/opt/gone"});
    CHECK(outcome.status == 0);
    CHECK(outcome.out.starts_with("/opt/gone: whether it has torch isn't known: /opt/gone is no Python"));
  }
  SECTION("nothing is there") {
    const TemporaryDirectory nothing;
    const auto outcome = call({"stack", "--root", nothing.path().string()});
    CHECK(outcome.status == 0);
    CHECK(outcome.out == "No environment with torch on directory " + nothing.path().string() + ".\n");
  }
}

TEST_CASE("wrong usage of stack is told") {
  const NodeWithTorch node;
  const std::vector<test::Arguments> wrong = {
      {"stack", "surplus"},
      {"stack", "--unknown"},
      {"stack", "--format", "sarif"},
      {"stack", "--facts", node.root() + "/missing.json"},
      {"stack", "--root", node.root() + "/missing"},
      {"stack", "--root", node.root(), "--facts", "-"},
  };
  for (const auto& arguments : wrong) {
    const auto outcome = call(arguments);
    CAPTURE(arguments, outcome.err);
    CHECK(outcome.status == 64);
    CHECK(outcome.out.empty());
    CHECK(outcome.err.starts_with("gpu-preflight: "));
  }
  const auto unwritten = call({"stack", "--root", node.root(), "-o", node / "no/such/directory"});
  CHECK(unwritten.status == 73);
}

TEST_CASE("the load map has colours only where they are wanted") {
  const NodeWithTorch node;
  const test::Arguments stack = {"stack", "--root", node.root()};
  const auto plain = call(stack).out;
  CHECK(!contains(plain, "\x1b["));
  const auto coloured = start(stack, {.environment = {"TERM=xterm"}, .terminal = test::Terminal::on_output});
  CHECK(contains(coloured.out, "\x1b["));
  const auto refused =
      start(stack, {.environment = {"TERM=xterm", "NO_COLOR=1"}, .terminal = test::Terminal::on_output});
  CHECK(!contains(refused.out, "\x1b["));
  CHECK(contains(refused.out, "libcudnn.so.8"));
}
