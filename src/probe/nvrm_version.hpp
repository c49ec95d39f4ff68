// /proc/driver/nvidia/version, as the loaded NVIDIA kernel module writes it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace preflight::probe {

struct NvrmVersion {
  std::string version;  // 535.104.05
  bool open = false;    // the open kernel module, not the proprietary one
};

// From its line "NVRM version: NVIDIA UNIX ... Kernel Module ...". Empty when there is no such line or no
// version in it.
std::optional<NvrmVersion> parse_nvrm_version(std::string_view text);

}  // namespace preflight::probe
