// Our reading of GPU code against NVIDIA's tools: what nvcc was asked to compile for, and what cuobjdump says
// of libraries. A machine without these tools skips the comparison. tests/oracle/gpu_code.py compares more.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <unistd.h>

#include "catch.hpp"
#include "doubles/shell.hpp"
#include "gpu_code/gpu_code.hpp"
#include "support/text.hpp"
#include "target/directory_tree.hpp"

using namespace preflight;

namespace {

using Names = std::set<std::string>;

bool skips_without(const std::string& tool) {
  if (std::system(("command -v " + tool + " >/dev/null").c_str()) == 0) return false;
  WARN("no " + tool + " here: nothing was compared");
  SUCCEED();
  return true;
}

gpu_code::GpuCode read(const std::string& path) {
  INFO(path);
  const auto tree = target::DirectoryTree::make("/");
  REQUIRE(tree);
  const auto source = (*tree)->open(path);
  REQUIRE(source);
  const auto code = gpu_code::read_gpu_code(**source);
  REQUIRE(code);
  return *code;
}

Names names_of(const gpu_code::GpuCode& code) {
  Names names;
  for (auto& name : sass_names(code)) names.insert(std::move(name));
  for (auto& name : ptx_names(code)) names.insert(std::move(name));
  return names;
}

// A directory that goes when the test ends.
class Scratch {
 public:
  Scratch()
      : path_(std::filesystem::temp_directory_path() / ("gpu-code-test-" + std::to_string(::getpid()))) {
    std::filesystem::create_directory(path_);
  }
  ~Scratch() { std::filesystem::remove_all(path_); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  std::string file(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

// Every kind of architecture that this nvcc knows: its oldest and newest, and special ones.
Names wanted_of_nvcc() {
  const auto listing = test::output_of("nvcc --list-gpu-code 2>&1");
  const auto known = words(listing);
  REQUIRE_FALSE(known.empty());
  const auto has = [&](std::string_view name) { return std::ranges::find(known, name) != known.end(); };
  const std::string oldest(known.front());
  Names wanted{oldest, std::string(known.back()), "compute_" + oldest.substr(3)};
  if (has("sm_90")) wanted.insert("sm_90a");
  if (has("sm_103")) wanted.insert({"sm_100f", "compute_103a", "compute_120f"});
  return wanted;
}

std::string nvcc_options(const Names& wanted) {
  std::string options;
  for (const auto& name : wanted) {
    options += " -gencode arch=compute_" + name.substr(name.find('_') + 1) + ",code=" + name;
  }
  return options;
}

// What cuobjdump says of the file; empty when it fails, as it does for releases of CUDA that it doesn't know.
Names names_of_cuobjdump(const std::string& path) {
  const auto dump = test::output_of("cuobjdump -all '" + path + "' 2>&1");
  if (dump.find("fatal") != std::string::npos) return {};
  Names names;
  std::string_view kind;
  for (const auto line : lines(dump)) {
    if (line.starts_with("Fatbin ")) kind = line;
    if (!line.starts_with("arch = sm_")) continue;
    const std::string number(line.substr(std::string_view("arch = sm_").size()));
    if (kind == "Fatbin elf code:") names.insert("sm_" + number);
    if (kind == "Fatbin ptx code:") names.insert("compute_" + number);
  }
  return names;
}

// The libraries that PREFLIGHT_CUDA_LIBRARIES names (separated by ":"), or some of the toolkit.
std::vector<std::string> sample_libraries() {
  std::vector<std::string> found;
  if (const char* const named = std::getenv("PREFLIGHT_CUDA_LIBRARIES")) {
    for (const auto path : split(named, ':')) found.emplace_back(path);
    return found;
  }
  for (const auto* name : {"libcurand.so.10", "libnvblas.so.13", "libcufftw.so.12", "libnvblas.so.12",
                           "libcufftw.so.11", "libnccl.so.2"}) {
    const auto path = std::filesystem::path("/usr/local/cuda/lib64") / name;
    if (std::filesystem::exists(path)) found.push_back(path.string());
  }
  return found;
}

}  // namespace

TEST_CASE("what nvcc compiles for is what we read") {
  if (skips_without("nvcc")) return;
  const Scratch scratch;
  std::ofstream(scratch.file("kernel.cu")) << "__global__ void scale(float* x) { x[threadIdx.x] *= 2; }\n";
  const auto wanted = wanted_of_nvcc();
  for (const auto* compression : {"--no-compress", "-Xfatbin -compress-all"}) {
    const auto output = scratch.file("kernel.fatbin");
    const auto said = test::output_of("nvcc --fatbin " + std::string(compression) + nvcc_options(wanted) +
                                      " -o " + output + " " + scratch.file("kernel.cu") + " 2>&1");
    INFO(compression << ": " << said);
    const auto code = read(output);
    CHECK(names_of(code) == wanted);
    CHECK(has_compressed(code) == (compression != std::string("--no-compress")));
    CHECK(code.containers == 1);
  }
}

TEST_CASE("libraries read as cuobjdump reads them") {
  if (skips_without("cuobjdump")) return;
  for (const auto& path : sample_libraries()) {
    const auto theirs = names_of_cuobjdump(path);
    INFO(path);
    if (theirs.empty()) {
      WARN("this cuobjdump doesn't read " + path);
      continue;
    }
    CHECK(names_of(read(path)) == theirs);
  }
  SUCCEED();
}
