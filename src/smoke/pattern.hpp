// What the ranks put into an all-reduce, and the sum that must come out: whole numbers so small that every
// partial sum is exact in float32, whatever the order of the additions. They differ from element to element
// and from rank to rank, so that a piece in the wrong place, left out or counted twice shows.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace preflight::smoke {

// For up to kMostRanks ranks.
std::vector<float> pattern(int rank, std::size_t count);

struct WrongElement {
  std::size_t index = 0;  // of the first wrong one
  float expected = 0;
  float found = 0;
  std::size_t count = 0;  // of wrong ones
};

// Holds every element of the sum over ranks 0 to `world` - 1 to what it must be.
std::optional<WrongElement> find_wrong(std::span<const float> sum, int world);

}  // namespace preflight::smoke
