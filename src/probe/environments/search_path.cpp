#include "probe/environments/search_path.hpp"

#include <algorithm>

#include "support/text.hpp"

namespace preflight::probe::environments {

namespace {

using target::base_name;
using target::FileTree;
using target::join_path;
using target::parent_path;

constexpr std::size_t kMostDirectories = 100;
constexpr int kMostParents = 64;  // of parents in which pyenv looks for .python-version

bool is_executable(const FileTree& files, const std::string& path) {
  const auto status = files.status(path);
  return status && status->kind == target::FileKind::regular && (status->permissions & 0111U) != 0;
}

// The versions that pyenv would select, in order: PYENV_VERSION, .python-version here or above, the global
// one.
std::string selected_versions(const FileTree& files, const Surroundings& surroundings,
                              std::string_view root) {
  if (const auto chosen = surroundings.variable("PYENV_VERSION"); !chosen.empty()) return std::string(chosen);
  std::string_view directory = surroundings.working_directory;
  for (int level = 0; level < kMostParents && directory.starts_with('/'); ++level) {
    if (auto text = files.read(join_path(directory, ".python-version"))) return *text;
    if (directory == "/") break;
    directory = parent_path(directory);
  }
  auto text = files.read(join_path(root, "version"));
  return text ? *text : std::string();
}

// The interpreter that a shim of pyenv starts: the first selected version that has it. Empty when that is
// another one further on PATH ("system"), or none.
std::string behind_shim(const FileTree& files, const Surroundings& surroundings, const std::string& shim) {
  const auto root = parent_path(parent_path(shim));
  auto selected = selected_versions(files, surroundings, root);
  std::ranges::replace(selected, ':', ' ');
  for (const auto version : words(selected)) {
    auto executable =
        join_path(join_path(join_path(root, "versions"), version), "bin/" + std::string(base_name(shim)));
    if (is_executable(files, executable)) return executable;
  }
  return {};
}

}  // namespace

std::vector<std::string> interpreters_on_path(const FileTree& files, const Surroundings& surroundings) {
  std::vector<std::string> found;
  const auto directories = split(surroundings.variable("PATH"), ':');
  for (const auto directory : std::span(directories).first(std::min(directories.size(), kMostDirectories))) {
    if (!directory.starts_with('/')) continue;
    for (const auto* const name : {"python", "python3"}) {
      auto executable = join_path(directory, name);
      if (!is_executable(files, executable)) continue;
      if (base_name(directory) == "shims") executable = behind_shim(files, surroundings, executable);
      if (!executable.empty()) found.push_back(std::move(executable));
    }
  }
  return found;
}

}  // namespace preflight::probe::environments
