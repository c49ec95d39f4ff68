#include "probe/compiled_code/own_copies.hpp"

#include "probe/libraries/places.hpp"

namespace preflight::probe::compiled_code {

namespace {

using target::FileTree;
using target::join_path;

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
    for (const auto& libraries : libraries::library_directories_of_python(files, directory.path)) {
      add_files(files, libraries, copies);
    }
  }
  return copies;
}

}  // namespace preflight::probe::compiled_code
