#include "smoke/pattern.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include "catch.hpp"

using namespace preflight::smoke;

namespace {

// Whole numbers, in which nothing can be lost.
std::vector<float> exact_sum(int world, std::size_t count) {
  std::vector<std::int64_t> sum(count, 0);
  for (int rank = 0; rank < world; ++rank) {
    const auto values = pattern(rank, count);
    for (std::size_t index = 0; index < count; ++index) sum[index] += std::llround(values[index]);
  }
  return {sum.begin(), sum.end()};
}

// As a GPU would, from the last rank to the first.
std::vector<float> sum_in_float(int world, std::size_t count) {
  std::vector<float> sum(count, 0);
  for (int rank = world - 1; rank >= 0; --rank) {
    const auto values = pattern(rank, count);
    std::ranges::transform(sum, values, sum.begin(), std::plus<>());
  }
  return sum;
}

// The sum over ranks 0 to world - 1 of rank mod 127, without adding them up.
std::int64_t sum_of_rank_parts(std::int64_t world) {
  const auto rest = world % 127;
  return world / 127 * (126 * 127 / 2) + rest * (rest - 1) / 2;
}

}  // namespace

TEST_CASE("the sum is exact in float32, for one rank and for as many as there may be") {
  const auto world = GENERATE(1, 2, 3, 127, 128, 65536);
  constexpr std::size_t kCount = 130;  // twice through the elements' period, and some
  INFO(world << " ranks");
  const auto sum = exact_sum(world, kCount);
  CHECK(sum_in_float(world, kCount) == sum);
  CHECK_FALSE(find_wrong(sum, world));
  for (std::size_t index = 0; index < kCount; ++index) {
    const auto expected = world * static_cast<std::int64_t>(index % 61) + sum_of_rank_parts(world);
    REQUIRE(std::llround(sum[index]) == expected);
  }
}

TEST_CASE("nothing has no wrong element") {
  CHECK(pattern(3, 0).empty());
  CHECK_FALSE(find_wrong({}, 8));
}

TEST_CASE("the first wrong element is told, and how many there are") {
  auto sum = exact_sum(3, 100);
  sum[40] += 1;
  sum[99] = std::numeric_limits<float>::quiet_NaN();
  const auto wrong = find_wrong(sum, 3);
  REQUIRE(wrong);
  CHECK(wrong->index == 40);
  CHECK(wrong->expected == 3 * 40 + 0 + 1 + 2);
  CHECK(wrong->found == wrong->expected + 1);
  CHECK(wrong->count == 2);
}

TEST_CASE("a rank that is left out or counted twice is found") {
  const int world = 130;
  constexpr std::size_t kCount = 1024;
  const auto sum = exact_sum(world, kCount);
  const auto rank = GENERATE(0, 1, 126, 127, 129);
  const float sign = GENERATE(-1.0F, 1.0F);
  INFO("rank " << rank << (sign < 0 ? " left out" : " twice"));
  auto spoilt = sum;
  const auto part = pattern(rank, kCount);
  for (std::size_t index = 512; index < 520; ++index) spoilt[index] += sign * part[index];
  const auto wrong = find_wrong(spoilt, world);
  REQUIRE(wrong);
  CHECK(wrong->index >= 512);
  CHECK(wrong->index < 520);
}

TEST_CASE("one rank in place of another is found") {
  const auto [left, right] = GENERATE(table<int, int>({{0, 1}, {2, 5}, {126, 127}, {8, 16}, {0, 64}}));
  INFO(left << " instead of " << right);
  auto sum = exact_sum(130, 256);
  const auto instead = pattern(left, 256);
  const auto of = pattern(right, 256);
  for (std::size_t index = 0; index < 16; ++index) sum[index] += instead[index] - of[index];
  const auto wrong = find_wrong(sum, 130);
  REQUIRE(wrong);
  CHECK(wrong->count == 16);
}

TEST_CASE("a piece that came from another place is found, whatever power of two it is off") {
  const auto sum = exact_sum(8, 1 << 16);
  for (std::size_t distance = 1; distance <= sum.size() / 2; distance *= 2) {
    INFO(distance << " elements off");
    auto spoilt = sum;
    std::copy_n(sum.begin() + static_cast<std::ptrdiff_t>(distance), 4, spoilt.begin());
    const auto wrong = find_wrong(spoilt, 8);
    REQUIRE(wrong);
    CHECK(wrong->index == 0);
    CHECK(wrong->count == 4);
  }
}
