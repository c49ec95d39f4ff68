// The compiled code that the packages of an environment brought.
#pragma once

#include <string>
#include <vector>

#include "probe/environments/import_path.hpp"
#include "probe/environments/packages.hpp"

namespace preflight::probe::environments {

struct CompiledFile {
  std::string package;  // normalised name
  std::string path;     // without "..", links not resolved; it may be gone
};

struct CompiledFiles {
  std::vector<CompiledFile> files;    // each path once, package by package in the order of `installed`
  std::vector<std::string> problems;  // what may hide files: "/x/RECORD: permission denied"
};

// Shared objects (*.so, *.so.1) of every imported package but torch and NVIDIA's wheels (nvidia-*, cuda-*).
// From RECORD, any size up to 16 MiB; for a package without one (Debian, eggs) and for one that is installed
// as editable, what stands up to three directories below the names of its top_level.txt, or below its own
// name. At most 10,000 files.
CompiledFiles find_compiled_files(const target::FileTree& files, const ImportPath& import_path,
                                  const Packages& packages);

}  // namespace preflight::probe::environments
