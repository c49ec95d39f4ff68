// The directories that a Python imports packages from, in order: the rules of CPython's site module.
#pragma once

#include <string>
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

}  // namespace preflight::probe::environments
