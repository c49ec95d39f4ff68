// NCCL's configuration files: the user's (NCCL_CONF_FILE, else ~/.nccl.conf), then the system's.
#pragma once

#include <string>
#include <string_view>

#include "probe/probe.hpp"
#include "probe/process_variables.hpp"

namespace preflight::probe {

constexpr std::string_view kSystemNcclSettings = "/etc/nccl.conf";

// NAME=value lines; those that begin with "#" are comments. As NCCL reads them: nothing is trimmed or
// unquoted, values end after 1023 bytes, and of a name that is set twice the first counts.
Variables parse_nccl_settings(std::string_view text);

struct NcclSettings {
  Variables values;
  std::string sources;  // the files that are there, separated by ", "
};

// Of both files; what the user's file sets wins. An error names the file that can't be read.
Result<NcclSettings> read_nccl_settings(const Context& context);

}  // namespace preflight::probe
