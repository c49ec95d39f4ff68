// Packages, torch and requirements of one environment.
#include "catch.hpp"
#include "python_trees.hpp"

using namespace preflight;
using test::MemoryTree;
using test::state_of;

namespace {

constexpr auto kPrefix = "/opt/python";
constexpr auto kSite = "/opt/python/lib/python3.11/site-packages";

struct Fixture {
  MemoryTree tree;

  Fixture() {
    test::add_python(tree, kPrefix, "3.11.7");
    tree.directory(kSite);
  }
  Fixture& package(const std::string& name, const std::string& version, const std::string& headers = "") {
    test::add_package(tree, kSite, name, version, headers);
    return *this;
  }
  Fixture& file(const std::string& name, const std::string& text) {
    tree.file(std::string(kSite) + "/" + name, text);
    return *this;
  }
  facts::Subject probe() { return test::environment(test::probe_environments(tree, {kPrefix}), kPrefix); }
};

constexpr auto kCudaBuild = R"(from typing import Optional

__all__ = ['__version__', 'debug', 'cuda', 'git_version', 'hip']
__version__ = '2.2.0+cu121'
debug = False
cuda: Optional[str] = '12.1'
git_version = '8ac9b20d'
hip: Optional[str] = None
)";

}  // namespace

TEST_CASE("metadata of every kind is read") {
  Fixture fixture;
  fixture.package("zope.interface", "6.1");
  fixture.file("single-1.0.egg-info", "Metadata-Version: 1.1\nName: single\nVersion: 1.0\n");
  fixture.file("folder.egg-info/PKG-INFO", "Name: Folder\nVersion: 2.0\n");
  fixture.file("folder.egg-info/requires.txt", "missing>=2\n\n[test]\nmock\n");
  fixture.file("unpacked-3.0-py3.11.egg/EGG-INFO/PKG-INFO", "Name: unpacked\nVersion: 3.0\n");
  fixture.file("zipped-4.0-py3.11.egg", "PK\3\4");
  const auto python = fixture.probe();
  CHECK(state_of(python, "packages") ==
        "folder=2.0, single=1.0, unpacked=3.0, zipped=4.0, zope-interface=6.1");
  CHECK(state_of(python, "requirements.unmet").find("missing>=2") != std::string::npos);
  CHECK(state_of(python, "requirements.unmet").find("mock") == std::string::npos);
  CHECK(state_of(python, "requirements.undecided").find("ZIP") != std::string::npos);
}

TEST_CASE("leftovers of uninstallations are no packages") {
  Fixture fixture;
  fixture.package("~orch", "2.2.0").package("-umpy", "1.0");
  fixture.tree.directory(std::string(kSite) + "/torch-2.1.0.dist-info");
  fixture.file("numpy-1.0.dist-info/RECORD", "");
  CHECK(state_of(fixture.probe(), "packages").empty());
}

TEST_CASE("of several copies the first is imported and the others are duplicates") {
  Fixture fixture;
  fixture.package("numpy", "1.26.4").package("numpy", "2.0.2");
  fixture.file("numpy.egg-info/PKG-INFO", "Name: numpy\nVersion: 1.0\n");
  const auto python = fixture.probe();
  CHECK(state_of(python, "packages") == "numpy=1.26.4");
  REQUIRE(python.list("duplicates") != nullptr);
  REQUIRE(python.list("duplicates")->size() == 2);
  const auto& first = std::get<facts::Map>(python.list("duplicates")->front().data);
  CHECK(first.at("other_version") == facts::Value("2.0.2"));
  CHECK(first.at("other_path") == facts::Value(std::string(kSite) + "/numpy-2.0.2.dist-info"));
}

TEST_CASE("torch's build comes from its version.py, pins and Python from its metadata") {
  Fixture fixture;
  fixture.package("torch", "2.2.0",
                  "Requires-Python: >=3.8.0\n"
                  "Requires-Dist: filelock\n"
                  "Requires-Dist: nvidia-nccl-cu12 (==2.19.3) ; platform_system == \"Linux\"\n"
                  "Requires-Dist: nvidia-cublas-cu12 (==12.1.3.1) ; platform_system == \"Windows\"\n"
                  "Requires-Dist: triton==2.2.0; python_version < '3.12'\n"
                  "Requires-Dist: optree ; extra == 'optree'\n");
  fixture.file("torch/__init__.py", "").file("torch/version.py", kCudaBuild);
  fixture.file("torch/share/cmake/Torch/TorchConfig.cmake",
               "  set(TORCH_CXX_FLAGS \"-D_GLIBCXX_USE_CXX11_ABI=0\")\n");
  const auto python = fixture.probe();
  CHECK(state_of(python, "torch.version") == "2.2.0+cu121");
  CHECK(state_of(python, "torch.variant") == "cuda");
  CHECK(state_of(python, "torch.cuda") == "12.1");
  CHECK(state_of(python, "torch.hip") == "absent");
  CHECK(state_of(python, "torch.git") == "8ac9b20d");
  CHECK(state_of(python, "torch.cxx11_abi") == "false");
  CHECK(state_of(python, "torch.pins") == "nvidia-nccl-cu12===2.19.3, triton===2.2.0");
  CHECK(state_of(python, "torch.requires_python") == ">=3.8.0");
  CHECK(state_of(python, "torch.cuda_available") == "not observable");
}

TEST_CASE("what torch was built for") {
  const auto variant = [](const std::string& version_file) {
    Fixture fixture;
    fixture.file("torch/version.py", version_file);
    return state_of(fixture.probe(), "torch.variant");
  };
  CHECK(variant("__version__ = '2.3.0+cpu'\ncuda: Optional[str] = None\nhip: Optional[str] = None\n") ==
        "cpu");
  CHECK(variant("__version__ = '2.3.0+rocm6.0'\ncuda = None\nhip: Optional[str] = '6.0.3'\n") == "rocm");
  CHECK(variant("__version__ = '2.7.0+xpu'\ncuda = None\nxpu: Optional[str] = '20250000'\n") == "xpu");
  CHECK(variant("__version__ = \"2.7.0\"\ncuda = \"12.8\"\n") == "cuda");
  CHECK(variant("garbage") == "unreadable");
}

TEST_CASE("the C++ ABI of a torch whose CMake file no longer states it") {
  Fixture fixture;
  fixture.file("torch/version.py", kCudaBuild);
  fixture.file("torch/share/cmake/Torch/TorchConfig.cmake", "set(TORCH_CXX_FLAGS)\n");
  SECTION("from a function that returns a constant") {
    fixture.file(
        "torch/__init__.py",
        "x = 1\ndef compiled_with_cxx11_abi() -> bool:\n    r\"\"\"Whether\"\"\"\n    return True\n\n\n");
    CHECK(state_of(fixture.probe(), "torch.cxx11_abi") == "true");
  }
  SECTION("unknown where the function asks the extension") {
    fixture.file("torch/__init__.py",
                 "\ndef compiled_with_cxx11_abi():\n    return _C._GLIBCXX_USE_CXX11_ABI\n\n\nreturn True\n");
    CHECK(state_of(fixture.probe(), "torch.cxx11_abi") == "not observable");
  }
}

TEST_CASE("torch's code and its metadata may be apart") {
  Fixture fixture;
  SECTION("metadata alone") {
    fixture.package("torch", "2.2.0");
    const auto python = fixture.probe();
    CHECK(state_of(python, "torch.version") == "2.2.0");
    CHECK(state_of(python, "torch.cuda") == "not observable");
  }
  SECTION("a directory without code is what an uninstallation left") {
    fixture.tree.directory(std::string(kSite) + "/torch/lib");
    CHECK(state_of(fixture.probe(), "torch.version") == "absent");
  }
  SECTION("code alone, as in a build from source") {
    fixture.file("torch/version.py", kCudaBuild);
    const auto python = fixture.probe();
    CHECK(state_of(python, "torch.cuda") == "12.1");
    CHECK(state_of(python, "torch.pins") == "not observable");
  }
}

TEST_CASE("what isn't installed, of another version or for another Python is unmet") {
  Fixture fixture;
  fixture.package("numpy", "2.0.2");
  fixture.package("old", "1.0", "Requires-Dist: numpy (<2)\nRequires-Dist: six\nRequires-Python: >=3.12\n");
  fixture.package("odd", "1.0", "Requires-Dist: !!\n");
  const auto python = fixture.probe();
  REQUIRE(python.list("requirements.unmet") != nullptr);
  CHECK(python.list("requirements.unmet")->size() == 2);
  const auto text = state_of(python, "requirements.unmet");
  CHECK(text.find("numpy<2") != std::string::npos);
  CHECK(text.find("2.0.2") != std::string::npos);
  CHECK(state_of(python, "requirements.unmet_python").find(">=3.12") != std::string::npos);
  CHECK(state_of(python, "requirements.undecided").find("odd") != std::string::npos);
}
