// Where copies of the libraries stand that the loader's search doesn't reach.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "target/file_tree.hpp"

namespace preflight::probe::libraries {

// Directories of CUDA toolkits, links resolved, each once: /usr/local/cuda*, /opt/cuda*.
std::vector<std::string> toolkit_directories(const target::FileTree& files);

// The files of known libraries in toolkits (their compat and stubs included) and where drivers are put beside
// the search path.
std::vector<std::string> library_files_off_path(const target::FileTree& files);

// Where packages bring libraries for torch, below a directory that Python imports from: nvidia/*/lib and
// torch/lib; they need not be there.
std::vector<std::string> library_directories_of_python(const target::FileTree& files,
                                                       std::string_view directory);

// The files of known libraries in these.
std::vector<std::string> library_files_of_python(const target::FileTree& files, std::string_view directory);

}  // namespace preflight::probe::libraries
