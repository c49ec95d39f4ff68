// How official wheels of torch name the CUDA that they were built for.
#pragma once

#include <string>

#include "support/version.hpp"

namespace preflight::derive {

// "cu121" of 12.1 or 12.1.105.
std::string cuda_tag(const DottedVersion& cuda);

}  // namespace preflight::derive
