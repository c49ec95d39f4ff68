#pragma once

#include "live/live.hpp"

namespace preflight::live {

LiveProbe cuda_probe();

}  // namespace preflight::live
