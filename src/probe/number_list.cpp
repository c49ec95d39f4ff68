#include "probe/number_list.hpp"

#include "support/text.hpp"

namespace preflight::probe {

namespace {

constexpr std::int64_t kMost = 1'000'000;

// Both ends of "0-3" or "8".
struct Range {
  std::int64_t first = 0;
  std::int64_t last = 0;
};

std::optional<Range> parse_range(std::string_view text) {
  const auto dash = text.find('-', 1);
  const auto first = to_integer(text.substr(0, dash));
  const auto last = dash == std::string_view::npos ? first : to_integer(text.substr(dash + 1));
  if (!first || !last || *first < 0 || *last < *first || *last > kMost) return std::nullopt;
  return Range{*first, *last};
}

}  // namespace

std::optional<std::int64_t> count_of_number_list(std::string_view text) {
  std::int64_t count = 0;
  for (const auto piece : split(text, ',')) {
    const auto range = parse_range(piece);
    if (!range) return std::nullopt;
    count += range->last - range->first + 1;
    if (count > kMost) return std::nullopt;
  }
  if (count == 0) return std::nullopt;
  return count;
}

std::optional<std::set<std::int64_t>> numbers_of_list(std::string_view text) {
  std::set<std::int64_t> numbers;
  if (text.empty()) return numbers;
  if (!count_of_number_list(text)) return std::nullopt;
  for (const auto piece : split(text, ',')) {
    const auto range = parse_range(piece);
    for (auto number = range->first; number <= range->last; ++number) numbers.insert(number);
  }
  return numbers;
}

}  // namespace preflight::probe
