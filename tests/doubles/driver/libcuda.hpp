// What the parts of the double of libcuda.so.1 share.
#pragma once

#include <initializer_list>
#include <optional>
#include <string_view>

#include "doubles/driver/scenario.hpp"

namespace preflight::test::cuda {

// CUresult
constexpr int kInvalidValue = 1;
constexpr int kOutOfMemory = 2;
constexpr int kNotInitialised = 3;
constexpr int kDeviceUnavailable = 46;
constexpr int kNoDevice = 100;
constexpr int kInvalidDevice = 101;
constexpr int kInvalidContext = 201;
constexpr int kInvalidHandle = 400;
constexpr int kContextIsDestroyed = 709;

// What a function does first: what the scenario says, then the driver's own checks. A value is what it shall
// return at once.
std::optional<int> begin(std::string_view function, std::initializer_list<Output> outputs);
std::optional<int> begin(std::string_view function, int device, std::initializer_list<Output> outputs);

}  // namespace preflight::test::cuda
