// Prints the GPU code of the files named, one line each, for tests/oracle/gpu_code.py:
//   PATH <tab> containers <tab> sm_80=3 sm_90a=1* <tab> compute_90=3*:7.8-8.0
// "=3" is in how many containers; "*" that some of it is compressed; then the oldest and newest PTX version.
// An error stands in the place of the counts.
#include <filesystem>
#include <iostream>

#include "gpu_code/gpu_code.hpp"
#include "target/directory_tree.hpp"

namespace {

namespace gpu_code = preflight::gpu_code;

std::string to_text(gpu_code::PtxVersion version) {
  return std::to_string(version.major) + "." + std::to_string(version.minor);
}

std::string line_of(const preflight::target::FileTree& tree, const std::string& path) {
  const auto source = tree.open(path);
  if (!source) return path + "\t" + source.error().message;
  const auto code = gpu_code::read_gpu_code(**source);
  if (!code) return path + "\t" + code.error().message;
  std::string line = path + "\t" + std::to_string(code->containers) + "\t";
  for (const auto& found : code->sass) {
    line += sass_name(found.architecture) + "=" + std::to_string(found.containers) +
            (found.compressed ? "* " : " ");
  }
  line += "\t";
  for (const auto& found : code->ptx) {
    line += ptx_name(found.architecture) + "=" + std::to_string(found.containers) +
            (found.compressed ? "*:" : ":") + to_text(found.oldest) + "-" + to_text(found.newest) + " ";
  }
  return line;
}

}  // namespace

int main(int count, char** arguments) {
  const auto tree = preflight::target::DirectoryTree::make("/");
  if (!tree) return 1;
  for (int place = 1; place < count; ++place) {
    std::cout << line_of(**tree, std::filesystem::absolute(arguments[place]).string()) << "\n";
  }
}
