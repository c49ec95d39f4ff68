// The interpreters that PATH leads to.
#pragma once

#include <string>
#include <vector>

#include "probe/environments/surroundings.hpp"

namespace preflight::probe::environments {

// For each directory of PATH, in order, its `python` and `python3`. A shim of pyenv stands for the
// interpreter that it would start. The first is what a command "python" or "python3" runs.
std::vector<std::string> interpreters_on_path(const target::FileTree& files,
                                              const Surroundings& surroundings);

}  // namespace preflight::probe::environments
