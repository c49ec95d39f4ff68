// What the NVIDIA kernel module tells of a GPU: /proc/driver/nvidia/gpus/ADDRESS/information.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace preflight::probe {

constexpr std::string_view kDriverGpusPath = "/proc/driver/nvidia/gpus";

struct GpuInformation {
  std::string model;  // empty when it isn't told
  std::string uuid;   // empty too while the module has not initialised the GPU ("GPU-????...")
  std::optional<std::int64_t> minor;  // N of /dev/nvidiaN
};

GpuInformation parse_gpu_information(std::string_view text);

}  // namespace preflight::probe
