// The directories that a Python imports packages from, in order: the rules of CPython's site module.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "probe/environments/installation.hpp"
#include "probe/environments/surroundings.hpp"

namespace preflight::probe::environments {

struct ImportDirectory {
  std::string path;
  std::vector<target::DirectoryEntry> entries;
};

struct ImportPath {
  std::vector<ImportDirectory> directories;
  std::vector<std::string> problems;  // what was there and couldn't be read: "/x: permission denied"
};

// PYTHONPATH, then site-packages (and dist-packages of Debian), the user's site-packages where it is enabled,
// those of the base where a virtual environment includes them, and what their .pth files add. The standard
// library is left out. Each directory once; a directory that isn't there is left out.
ImportPath read_import_path(const target::FileTree& files, const Surroundings& surroundings,
                            const Installation& installation);

// The directory of a package of this name that Python would import: the first on the path with an
// __init__.py.
std::optional<std::string> find_package(const target::FileTree& files, const ImportPath& import_path,
                                        std::string_view name);

}  // namespace preflight::probe::environments
