#include "probe/libraries/places.hpp"

#include <algorithm>
#include <array>

#include "probe/libraries/known.hpp"

namespace preflight::probe::libraries {

namespace {

using target::FileKind;
using target::FileTree;
using target::join_path;

constexpr std::size_t kMostToolkits = 100;
constexpr std::size_t kMostPackages = 200;

constexpr std::array<std::string_view, 5> kToolkitFolders = {
    "lib64", "lib64/stubs", "targets/x86_64-linux/lib", "targets/sbsa-linux/lib", "compat"};
// In order: Debian's alternatives, WSL2, Kubernetes nodes that mount the driver, NixOS, older packages.
constexpr std::array<std::string_view, 9> kDriverDirectories = {"/usr/lib/x86_64-linux-gnu/nvidia/current",
                                                                "/usr/lib/aarch64-linux-gnu/nvidia/current",
                                                                "/usr/lib/x86_64-linux-gnu/stubs",
                                                                "/usr/lib/wsl/lib",
                                                                "/usr/local/nvidia/lib64",
                                                                "/usr/local/nvidia/lib",
                                                                "/run/opengl-driver/lib",
                                                                "/usr/lib64/nvidia",
                                                                "/usr/lib/nvidia"};

// Files of known libraries in one small directory, one of several names of a file only.
void add_files(const FileTree& files, const std::string& directory, std::vector<std::string>& found) {
  const auto entries = files.list(directory);
  if (!entries) return;
  for (const auto& entry : *entries) {
    if (entry.kind != FileKind::regular && entry.kind != FileKind::link) continue;
    if (library_of_file(entry.name) == nullptr) continue;
    found.push_back(join_path(directory, entry.name));
  }
}

}  // namespace

std::vector<std::string> toolkit_directories(const FileTree& files) {
  std::vector<std::string> found;
  for (const auto* const parent : {"/usr/local", "/opt"}) {
    const auto entries = files.list(parent);
    if (!entries) continue;
    for (const auto& entry : *entries) {
      if (!entry.name.starts_with("cuda")) continue;
      auto path = files.resolve(join_path(parent, entry.name));
      if (!path || std::ranges::find(found, *path) != found.end() || found.size() == kMostToolkits) continue;
      const auto status = files.status(*path);
      if (status && status->kind == FileKind::directory) found.push_back(std::move(*path));
    }
  }
  return found;
}

std::vector<std::string> library_files_off_path(const FileTree& files) {
  std::vector<std::string> found;
  for (const auto& toolkit : toolkit_directories(files)) {
    for (const auto folder : kToolkitFolders) add_files(files, join_path(toolkit, folder), found);
  }
  for (const auto directory : kDriverDirectories) add_files(files, std::string(directory), found);
  return found;
}

std::vector<std::string> library_directories_of_python(const FileTree& files, std::string_view directory) {
  std::vector<std::string> found;
  const auto nvidia = join_path(directory, "nvidia");
  if (const auto packages = files.list(nvidia)) {
    for (std::size_t index = 0; index < packages->size() && index < kMostPackages; ++index) {
      const auto kind = (*packages)[index].kind;
      if (kind != FileKind::directory && kind != FileKind::link) continue;
      found.push_back(join_path(join_path(nvidia, (*packages)[index].name), "lib"));
    }
  }
  found.push_back(join_path(directory, "torch/lib"));
  return found;
}

std::vector<std::string> library_files_of_python(const FileTree& files, std::string_view directory) {
  std::vector<std::string> found;
  for (const auto& libraries : library_directories_of_python(files, directory)) {
    add_files(files, libraries, found);
  }
  return found;
}

}  // namespace preflight::probe::libraries
