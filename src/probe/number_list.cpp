#include "probe/number_list.hpp"

#include "support/text.hpp"

namespace preflight::probe {

std::optional<std::int64_t> count_of_number_list(std::string_view text) {
  constexpr std::int64_t kMost = 1'000'000;
  std::int64_t count = 0;
  for (const auto range : split(text, ',')) {
    const auto dash = range.find('-', 1);
    const auto first = to_integer(range.substr(0, dash));
    const auto last = dash == std::string_view::npos ? first : to_integer(range.substr(dash + 1));
    if (!first || !last || *first < 0 || *last < *first || *last > kMost) return std::nullopt;
    count += *last - *first + 1;
    if (count > kMost) return std::nullopt;
  }
  if (count == 0) return std::nullopt;
  return count;
}

}  // namespace preflight::probe
