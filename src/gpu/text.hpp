// What the vendors' functions give, as text.
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace preflight::gpu {

// A text that a library wrote into a buffer, which it may have left without an end.
template <class Buffer>
std::string text_in(const Buffer& buffer) {
  const std::string_view all(buffer.data(), buffer.size());
  return std::string(all.substr(0, all.find('\0')));
}

// 12020 -> "12.2", as the Driver API and NVML encode the version of CUDA.
std::string cuda_version_text(int number);

// 21602 -> "2.16.2"; before 2.9, 2804 -> "2.8.4" (nccl.h, NCCL_VERSION).
std::string nccl_version_text(int number);

// The usual form: b4a6c0de-....
std::string uuid_text(const std::array<unsigned char, 16>& bytes);

}  // namespace preflight::gpu
