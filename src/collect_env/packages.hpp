// "[pip3] torch==2.2.0" and "[conda] pytorch 2.2.0 py3.11_cuda12.1_0 pytorch".
#pragma once

#include <map>
#include <string>

#include "collect_env/dump.hpp"

namespace preflight::collect_env {

enum class ListState {
  missing,        // no such line: cut off, or a vintage without it
  not_collected,  // the tool could not run
  cut,            // more may have followed
  whole,
};

struct PackageList {
  ListState state = ListState::missing;
  std::map<std::string, std::string, std::less<>> versions = {};  // by name as printed, the first of each
};

// pip's list is whole when another line follows it: every vintage prints at least one [conda] line after it.
PackageList pip_packages(const Dump& dump);

// Conda's list is the last thing that PyTorch's tool prints: an end between two of its lines can't be told
// from its own end. Names that are missing from it therefore mean nothing.
PackageList conda_packages(const Dump& dump);

}  // namespace preflight::collect_env
