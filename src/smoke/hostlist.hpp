// Slurm's compressed lists of host names ("node[01-03,7],login"), as in SLURM_JOB_NODELIST.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "support/result.hpp"

namespace preflight::smoke {

constexpr std::size_t kMostHosts = 65536;

// The host names in their order; a number keeps the width that it is written with. A name may hold several
// brackets. Errors: malformed (an open bracket, an empty name, a range that goes backwards), too_large (over
// kMostHosts).
Result<std::vector<std::string>> expand_hostlist(std::string_view text);

}  // namespace preflight::smoke
