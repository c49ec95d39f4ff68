#include "probe/gpu_information.hpp"

#include "support/text.hpp"

namespace preflight::probe {

GpuInformation parse_gpu_information(std::string_view text) {
  GpuInformation information;
  for (const auto line : lines(text)) {
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    const auto name = trim(line.substr(0, colon));
    const auto value = trim(line.substr(colon + 1));
    if (name == "Model") {
      information.model = value;
    } else if (name == "GPU UUID" && value.find('?') == std::string_view::npos) {
      information.uuid = value;
    } else if (name == "Device Minor") {
      const auto number = to_integer(value);
      if (number && *number >= 0) information.minor = *number;
    }
  }
  return information;
}

}  // namespace preflight::probe
