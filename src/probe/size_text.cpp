#include "probe/size_text.hpp"

#include "support/text.hpp"

namespace preflight::probe {

std::optional<std::int64_t> parse_size(std::string_view text) {
  constexpr std::int64_t kMostSize = std::int64_t{1} << 62;
  if (text.empty()) return std::nullopt;
  std::int64_t unit = 1;
  switch (text.back()) {
    case 'k':
    case 'K':
      unit = std::int64_t{1} << 10;
      break;
    case 'm':
    case 'M':
      unit = std::int64_t{1} << 20;
      break;
    case 'g':
    case 'G':
      unit = std::int64_t{1} << 30;
      break;
    default:
      break;
  }
  if (unit != 1) text.remove_suffix(1);
  const auto number = to_integer(text);
  if (!number || *number < 0 || *number > kMostSize / unit) return std::nullopt;
  return *number * unit;
}

}  // namespace preflight::probe
