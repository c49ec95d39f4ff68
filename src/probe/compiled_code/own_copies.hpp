// The libraries that an environment's packages bring for torch: nvidia/*/lib, nvidia/cu13/lib, torch/lib.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "probe/environments/import_path.hpp"
#include "target/file_tree.hpp"

namespace preflight::probe::compiled_code {

// File name ("libcudnn.so.9") to path, links resolved; of a name that stands twice, the first on the import
// path.
using OwnCopies = std::map<std::string, std::string, std::less<>>;

OwnCopies find_own_copies(const target::FileTree& files, const environments::ImportPath& import_path);

}  // namespace preflight::probe::compiled_code
