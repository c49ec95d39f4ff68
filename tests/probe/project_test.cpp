#include "catch.hpp"
#include "probe/building/project_files.hpp"
#include "run_probe.hpp"

using namespace preflight;
using namespace preflight::probe::building;
using test::host_state;
using test::MemoryTree;
using test::run_probe;

using Specifiers = std::map<std::string, std::string, std::less<>>;

TEST_CASE("the lines of a requirements.txt") {
  Requirements requirements;
  add_requirement_lines(
      "# the stack\n--extra-index-url https://example.org/whl\n\ntorch==2.6.0 # pinned\n"
      "Flash_Attn>=2.7,<3 --hash=sha256:0\nvllm @ https://example.org/vllm.whl\n"
      "numpy; python_version < '3.13'\ntorch==1.0\n./local\ngit+https://example.org/x.git\n",
      requirements);
  CHECK(requirements.specifiers ==
        Specifiers{{"torch", "==2.6.0"}, {"flash-attn", "<3,>=2.7"}, {"vllm", ""}});
  CHECK(requirements.wheels.empty());
}

TEST_CASE("a requirement counts where its marker asks for it on every Linux machine") {
  Requirements requirements;
  add_requirement_lines(
      "torch==2.5.1; sys_platform == 'linux' and python_version >= '3.9'\n"
      "torch==2.1.0; sys_platform == 'linux'\ntorchvision; sys_platform == 'win32'\n"
      "xformers; platform_machine == 'x86_64'\nvllm; os_name == 'posix' or extra == 'x'\n"
      "numpy; os_name ~= 'posix'\n",
      requirements);
  CHECK(requirements.specifiers == Specifiers{{"torch", "==2.1.0"}, {"vllm", ""}});
}

TEST_CASE("wheel files that are required by address or path") {
  Requirements requirements;
  add_requirement_lines(
      "flash-attn @ "
      "https://example.org/v2/flash_attn-2.7.2%2Bcu12torch2.5-cp310-cp310-linux_x86_64.whl#sha256=0\n"
      "https://example.org/a-1.0-cp38-abi3-win_amd64.whl ; sys_platform == 'win32'\n"
      "https://example.org/b-1.0-cp38-abi3-manylinux_2_28_x86_64.whl ; sys_platform == 'linux'\n"
      "./wheels/c-1.0-1-py3-none-any.whl\n../d-1.0.tar.gz\nhttps://example.org/e.whl\n"
      "https://example.org/f-1.0-cp38-abi3-linux_x86_64.whl ; nonsense\n",
      requirements);
  CHECK(requirements.specifiers == Specifiers{{"flash-attn", ""}});
  CHECK(requirements.wheels ==
        std::vector<std::string>{"flash_attn-2.7.2+cu12torch2.5-cp310-cp310-linux_x86_64.whl",
                                 "b-1.0-cp38-abi3-manylinux_2_28_x86_64.whl", "c-1.0-1-py3-none-any.whl"});
}

TEST_CASE("more requirements than anyone has end where they are full") {
  std::string text;
  for (int i = 0; i < 3000; ++i) {
    text += "./p" + std::to_string(i) + "-1.0-py3-none-any.whl\np" + std::to_string(i) + "\n";
  }
  Requirements requirements;
  add_requirement_lines(text, requirements);
  CHECK(requirements.specifiers.size() + requirements.wheels.size() == 1000);
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
      .file("/work/requirements.txt", "torch==2.6.0\n./a-2.0-cp312-cp312-linux_x86_64.whl\n")
      .file("/work/pyproject.toml", "[project]\nrequires-python = '>=3.10'\ndependencies = ['numpy<2']\n")
      .file("/work/setup.py", "CUDAExtension");
  const auto document = run_probe("project", root);
  CHECK(host_state(document, "project.path") == "/work");
  CHECK(host_state(document, "project.requirements") == "numpy=<2, torch===2.6.0");
  CHECK(host_state(document, "project.wheels") ==
        "abi=cp312, file=a-2.0-cp312-cp312-linux_x86_64.whl, package=a, platform=linux_x86_64, python=cp312, "
        "version=2.0");
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
