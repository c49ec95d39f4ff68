#include "derive/cuda_tag.hpp"

namespace preflight::derive {

std::string cuda_tag(const DottedVersion& cuda) {
  return "cu" + std::to_string(cuda.at(0)) + std::to_string(cuda.at(1));
}

}  // namespace preflight::derive
