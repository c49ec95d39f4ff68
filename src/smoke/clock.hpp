#pragma once

#include <chrono>

namespace preflight::smoke {

using Clock = std::chrono::steady_clock;
using Time = Clock::time_point;
using Milliseconds = std::chrono::milliseconds;

inline Milliseconds between(Time from, Time to) {
  return std::chrono::duration_cast<Milliseconds>(to - from);
}

}  // namespace preflight::smoke
