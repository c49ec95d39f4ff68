#include "gpu/text.hpp"

#include "support/hexadecimal.hpp"

namespace preflight::gpu {

std::string cuda_version_text(int number) {
  return std::to_string(number / 1000) + "." + std::to_string(number % 1000 / 10);
}

std::string nccl_version_text(int number) {
  const int major = number < 10000 ? 1000 : 10000;
  return std::to_string(number / major) + "." + std::to_string(number % major / 100) + "." +
         std::to_string(number % 100);
}

std::string uuid_text(const std::array<unsigned char, 16>& bytes) {
  auto text = to_hexadecimal(bytes);
  for (const std::size_t place : {20U, 16U, 12U, 8U}) text.insert(place, 1, '-');
  return text;
}

}  // namespace preflight::gpu
