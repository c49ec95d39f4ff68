// What both doubles say of a GPU when the scenario says nothing.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "doubles/driver/scenario.hpp"

namespace preflight::test {

constexpr std::string_view kDefaultName = "NVIDIA H100 80GB HBM3";
constexpr long long kDefaultMemory = 85'520'809'984;
constexpr long long kDefaultMemoryUsed = 600'000'000;
constexpr long long kDefaultCapability = 90;

// 0000:10:00.0, 0000:11:00.0, ...
inline std::string address_of(int gpu) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  const auto bus = static_cast<unsigned>(0x10 + gpu);
  return std::string("0000:") + kDigits[bus >> 4U & 0xfU] + kDigits[bus & 0xfU] + ":00.0";
}

// "host" numbers the machines, where a test has more than one.
inline std::array<unsigned char, 16> uuid_of(int gpu) {
  std::array<unsigned char, 16> bytes{};
  bytes.front() = static_cast<unsigned char>(Scenario::current().number("host", kNoGpu, 0));
  bytes.back() = static_cast<unsigned char>(gpu);
  return bytes;
}

}  // namespace preflight::test
