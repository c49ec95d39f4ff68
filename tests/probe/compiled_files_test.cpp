// The compiled files of an environment's packages.
#include "probe/environments/compiled_files.hpp"

#include "catch.hpp"
#include "python_trees.hpp"

using namespace preflight;
using namespace preflight::probe::environments;
using test::MemoryTree;

namespace {

const std::string kCompiledSite = "/venv/lib/python3.11/site-packages";

struct CompiledFixture {
  MemoryTree tree;
  std::vector<std::string> more_directories = {};
  CompiledFiles found = {};

  CompiledFixture& package(const std::string& name, const std::string& record) {
    test::add_package(tree, kCompiledSite, name, "1.0");
    return file(name + "-1.0.dist-info/RECORD", record);
  }
  CompiledFixture& file(const std::string& name, const std::string& text = "") {
    tree.file(kCompiledSite + "/" + name, text);
    return *this;
  }
  // "package path" of each, without the leading directory of packages.
  std::vector<std::string> find() {
    ImportPath import_path;
    more_directories.insert(more_directories.begin(), kCompiledSite);
    for (const auto& directory : more_directories) {
      const auto entries = tree.list(directory);
      REQUIRE(entries);
      import_path.directories.push_back({directory, *entries});
    }
    found = find_compiled_files(tree, import_path, read_packages(tree, import_path));
    std::vector<std::string> texts;
    for (const auto& [package, path] : found.files) {
      texts.push_back(package + " " +
                      (path.starts_with(kCompiledSite + "/") ? path.substr(kCompiledSite.size() + 1) : path));
    }
    return texts;
  }
};

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("RECORD tells the shared objects of a package") {
  CompiledFixture fixture;
  fixture.package("Flash_Attn",
                  "flash_attn/__init__.py,,\nflash_attn_2_cuda.cpython-311-x86_64-linux-gnu.so,sha256=x,9\n"
                  "flash_attn.libs/libgomp-1.so.1.0.0,,\n../../../lib/libshared.so,,\n/opt/x/./liby.so.2,,\n"
                  "flash_attn/lib.so.txt,,\n");
  CHECK(fixture.find() == Texts{"flash-attn flash_attn_2_cuda.cpython-311-x86_64-linux-gnu.so",
                                "flash-attn flash_attn.libs/libgomp-1.so.1.0.0",
                                "flash-attn /venv/lib/libshared.so", "flash-attn /opt/x/liby.so.2"});
  CHECK(fixture.found.problems.empty());
}

TEST_CASE("torch and NVIDIA's wheels are left out") {
  CompiledFixture fixture;
  fixture.package("torch", "torch/lib/libtorch.so,,\n")
      .package("nvidia_nccl_cu12", "nvidia/nccl/lib/libnccl.so.2,,\n");
  fixture.package("cuda_bindings", "cuda/a.so,,\n").package("torchvision", "torchvision/_C.so,,\n");
  CHECK(fixture.find() == Texts{"torchvision torchvision/_C.so"});
}

TEST_CASE("a file of two packages is the first one's") {
  CompiledFixture fixture;
  fixture.package("a", "shared/x.so,,\n").package("b", "shared/x.so,,\nshared/y.so,,\n");
  CHECK(fixture.find() == Texts{"a shared/x.so", "b shared/y.so"});
}

TEST_CASE("without RECORD the files below the package's directories count") {
  CompiledFixture fixture;
  fixture.file("numpy-1.24.egg-info/PKG-INFO", "Name: numpy\nVersion: 1.24\n");
  fixture.file("numpy-1.24.egg-info/top_level.txt", "numpy\n../../etc\n..\n");
  fixture.file("numpy/core/a.so")
      .file("numpy/one/two/b.so")
      .file("numpy/one/two/three/c.so")
      .file("numpy/d.py");
  fixture.file("single.egg-info", "Name: single-module\nVersion: 2\n");
  fixture.file("single_module.cpython-311-x86_64-linux-gnu.so").file("single_module_other.so");
  fixture.package("empty-record", "").file("empty_record/e.so");
  CHECK(fixture.find() == Texts{"empty-record empty_record/e.so", "numpy numpy/core/a.so",
                                "numpy numpy/one/two/b.so",
                                "single-module single_module.cpython-311-x86_64-linux-gnu.so"});
}

TEST_CASE("the code of an editable package is where its .pth file leads") {
  CompiledFixture fixture;
  fixture.package("my-ops", "__editable__.my_ops-1.0.pth,,\nmy_ops-1.0.dist-info/METADATA,,\n");
  fixture.tree.file("/src/ops/my_ops/_C.so", "").file("/src/ops/other/_C.so", "");
  fixture.more_directories = {"/src/ops"};
  CHECK(fixture.find() == Texts{"my-ops /src/ops/my_ops/_C.so"});
}

TEST_CASE("what can't be read is a problem") {
  CompiledFixture fixture;
  fixture.package("a", "a.so,,\n");
  fixture.tree.fail(kCompiledSite + "/a-1.0.dist-info/RECORD",
                    {ErrorKind::not_permitted, "permission denied"});
  CHECK(fixture.find().empty());
  REQUIRE(fixture.found.problems.size() == 1);
  CHECK(fixture.found.problems.front().find("RECORD: permission denied") != std::string::npos);
}

TEST_CASE("a hostile RECORD is bounded") {
  std::string record;
  for (int i = 0; i < 20'000; ++i) record += std::to_string(i) + ".so,,\n";
  CompiledFixture fixture;
  fixture.package("a", record + std::string("nul\0.so,,\n", 10));
  CHECK(fixture.find().size() == 10'000);
  CHECK(fixture.found.problems == Texts{"more than 10,000 compiled files"});
}

TEST_CASE("dots never lead above the root, and a FIFO is no RECORD") {
  CompiledFixture fixture;
  fixture.package("a", "../../../../../../../../etc/x.so,,\n");
  test::add_package(fixture.tree, kCompiledSite, "b", "1.0");
  fixture.tree.fifo(kCompiledSite + "/b-1.0.dist-info/RECORD");
  fixture.file("b/b.so");
  CHECK(fixture.find() == Texts{"a /etc/x.so", "b b/b.so"});
}
