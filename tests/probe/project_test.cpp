#include "catch.hpp"
#include "probe/building/project_files.hpp"
#include "run_probe.hpp"

using namespace preflight;
using namespace preflight::probe::building;
using test::host_state;
using test::MemoryTree;
using test::run_probe;

TEST_CASE("the lines of a requirements.txt") {
  Requirements requirements;
  add_requirement_lines(
      "# the stack\n--extra-index-url https://example.org/whl\n\ntorch==2.6.0 # pinned\n"
      "Flash_Attn>=2.7,<3 --hash=sha256:0\nvllm @ https://example.org/vllm.whl\n"
      "numpy; python_version < '3.13'\ntorch==1.0\n./local\ngit+https://example.org/x.git\n",
      requirements);
  CHECK(requirements ==
        Requirements{{"torch", "==2.6.0"}, {"flash-attn", "<3,>=2.7"}, {"vllm", ""}, {"numpy", ""}});
}

TEST_CASE("what a pyproject.toml says") {
  const auto project = read_pyproject(
      "[build-system]\nrequires = [\"setuptools\"]\n"
      "[project]\nname = 'x'\nrequires-python = \">=3.10\" # why\n"
      "dependencies = [\n  \"torch==2.6.0\",  # ]\n  'einops[x]>=0.8', \"numpy\"]\n"
      "[project.optional-dependencies]\ndev = [\"pytest\"]\n"
      "[tool.uv]\nno-build-isolation-package = [\"flash-attn\"]\n");
  CHECK(project.requires_python == ">=3.10");
  CHECK(project.dependencies == std::vector<std::string>{"torch==2.6.0", "einops[x]>=0.8", "numpy"});
  CHECK(project.unisolated == std::vector<std::string>{"flash-attn"});
}

TEST_CASE("damaged pyproject files end where they end") {
  for (const auto* text : {"", "[", "[project", "[project]\ndependencies = [", "dependencies = [\"a\"]",
                           "[project]\ndependencies = [\"a", "[project]\nrequires-python = ", "\xff\xfe="}) {
    const auto project = read_pyproject(text);
    CHECK(project.dependencies.empty());
    CHECK(project.requires_python.empty());
  }
}

TEST_CASE("which projects compile CUDA code") {
  CHECK(setup_compiles_cuda("ext_modules=[CUDAExtension('a', ['a.cu'])]"));
  CHECK(!setup_compiles_cuda("ext_modules=[CppExtension('a', ['a.cpp'])]"));
  CHECK(cmake_compiles_cuda("project(x LANGUAGES CXX CUDA)"));
  CHECK(cmake_compiles_cuda("enable_language(CUDA)"));
  CHECK(cmake_compiles_cuda("find_package(CUDA REQUIRED)"));
  CHECK(!cmake_compiles_cuda("project(cuda LANGUAGES CXX)"));
  CHECK(!cmake_compiles_cuda("find_package(CUDAToolkit)"));
  CHECK(!cmake_compiles_cuda("project("));
}

TEST_CASE("the project in the working directory") {
  MemoryTree root;
  root.link("/proc/self/cwd", "/work")
      .file("/work/requirements.txt", "torch==2.6.0\n")
      .file("/work/pyproject.toml", "[project]\nrequires-python = '>=3.10'\ndependencies = ['numpy<2']\n")
      .file("/work/setup.py", "CUDAExtension");
  const auto document = run_probe("project", root);
  CHECK(host_state(document, "project.path") == "/work");
  CHECK(host_state(document, "project.requirements") == "numpy=<2, torch===2.6.0");
  CHECK(host_state(document, "project.requires_python") == ">=3.10");
  CHECK(host_state(document, "project.compiles_cuda") == "true");
  CHECK(host_state(document, "project.unisolated").empty());
}

TEST_CASE("a working directory without a project; one that can't be read") {
  MemoryTree root;
  root.link("/proc/self/cwd", "/home").directory("/home");
  CHECK(host_state(run_probe("project", root), "project.path") == "absent");
  CHECK(host_state(run_probe("project", root), "project.compiles_cuda") == "absent");
  root.file("/home/setup.py", "").file("/home/pyproject.toml", "");
  const auto bare = run_probe("project", root);
  CHECK(host_state(bare, "project.compiles_cuda") == "false");
  CHECK(host_state(bare, "project.requires_python") == "absent");
  root.fail("/home/pyproject.toml", {ErrorKind::not_permitted, "permission denied"});
  CHECK(host_state(run_probe("project", root), "project.path") == "unreadable");
}
