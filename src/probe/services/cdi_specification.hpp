// What a CDI specification (Container Device Interface) says, YAML or JSON: read by its keys, for both forms
// write them alike.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace preflight::probe::services {

// The driver version in the first "libcuda.so.535.104.05".
std::optional<std::string> driver_version_of(std::string_view specification);

// The files of the host that it mounts into containers (hostPath), each once, in order; at most 10,000.
std::vector<std::string> host_paths_of(std::string_view specification);

}  // namespace preflight::probe::services
