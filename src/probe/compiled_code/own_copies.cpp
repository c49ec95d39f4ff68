#include "probe/compiled_code/own_copies.hpp"

#include <algorithm>

namespace preflight::probe::compiled_code {

namespace {

using target::FileTree;
using target::join_path;

constexpr std::size_t kMostPackages = 200;

void add_files(const FileTree& files, const std::string& directory, OwnCopies& copies) {
  const auto entries = files.list(directory);
  if (!entries) return;
  for (const auto& entry : *entries) {
    if (entry.name.find(".so") == std::string::npos) continue;
    auto path = files.resolve(join_path(directory, entry.name));
    if (path) copies.emplace(entry.name, std::move(*path));
  }
}

}  // namespace

OwnCopies find_own_copies(const FileTree& files, const environments::ImportPath& import_path) {
  OwnCopies copies;
  for (const auto& directory : import_path.directories) {
    const auto has = [&](std::string_view name) {
      return std::ranges::find(directory.entries, name, &target::DirectoryEntry::name) !=
             directory.entries.end();
    };
    if (has("nvidia")) {
      const auto nvidia = join_path(directory.path, "nvidia");
      const auto packages = files.list(nvidia);
      for (std::size_t index = 0; packages && index < packages->size() && index < kMostPackages; ++index) {
        add_files(files, join_path(join_path(nvidia, (*packages)[index].name), "lib"), copies);
      }
    }
    if (has("torch")) add_files(files, join_path(directory.path, "torch/lib"), copies);
  }
  return copies;
}

}  // namespace preflight::probe::compiled_code
