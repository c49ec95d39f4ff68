#include "smoke/pattern.hpp"

#include "smoke/message.hpp"

namespace preflight::smoke {

namespace {

// Primes, so that no power of two of elements or ranks is a period.
constexpr int kElements = 61;
constexpr int kRanks = 127;
constexpr int kExactIntegersBelow = 1 << 24;  // float32
static_assert((kElements - 1 + kRanks - 1) * kMostRanks < kExactIntegersBelow);

}  // namespace

std::vector<float> pattern(int rank, std::size_t count) {
  std::vector<float> values(count);
  int element = 0;
  for (auto& value : values) {
    value = static_cast<float>(element + rank % kRanks);
    if (++element == kElements) element = 0;
  }
  return values;
}

std::optional<WrongElement> find_wrong(std::span<const float> sum, int world) {
  int rank_part = 0;
  for (int rank = 0; rank < world; ++rank) rank_part += rank % kRanks;
  std::optional<WrongElement> wrong;
  int element = 0;
  for (std::size_t index = 0; index < sum.size(); ++index) {
    const auto expected = static_cast<float>(world * element + rank_part);
    if (++element == kElements) element = 0;
    if (sum[index] == expected) continue;
    if (!wrong) wrong = WrongElement{index, expected, sum[index], 0};
    ++wrong->count;
  }
  return wrong;
}

}  // namespace preflight::smoke
