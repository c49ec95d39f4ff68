#pragma once

#include "live/live.hpp"

namespace preflight::live {

LiveProbe nvml_probe();

}  // namespace preflight::live
