// NCCL's configuration files.
#pragma once

#include <string_view>

#include "probe/process_variables.hpp"

namespace preflight::probe {

// NAME=value lines; those that begin with "#" are comments. As NCCL reads them: nothing is trimmed or
// unquoted, values end after 1023 bytes, and of a name that is set twice the first counts.
Variables parse_nccl_settings(std::string_view text);

}  // namespace preflight::probe
