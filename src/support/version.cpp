#include "support/version.hpp"

#include <algorithm>
#include <charconv>

#include "support/text.hpp"

namespace preflight {

namespace {

constexpr std::size_t kMostNumbers = 16;
constexpr std::size_t kMostDigits = 9;

}  // namespace

std::strong_ordering operator<=>(const DottedVersion& left, const DottedVersion& right) {
  const std::size_t places = std::max(left.numbers.size(), right.numbers.size());
  for (std::size_t place = 0; place < places; ++place) {
    const auto order = left.at(place) <=> right.at(place);
    if (order != std::strong_ordering::equal) return order;
  }
  return std::strong_ordering::equal;
}

Result<DottedVersion> parse_dotted_version(std::string_view text) {
  if (text.empty() || leading_dotted_version(text) != text) {
    return Error{ErrorKind::malformed, "not a dotted version: '" + std::string(text.substr(0, 64)) + "'"};
  }
  DottedVersion version;
  while (!text.empty()) {
    std::uint32_t number = 0;
    const auto end = std::from_chars(text.data(), text.data() + text.size(), number).ptr;
    version.numbers.push_back(number);
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (!text.empty()) text.remove_prefix(1);
  }
  return version;
}

std::string_view leading_dotted_version(std::string_view text) {
  std::size_t end = 0;
  for (std::size_t count = 0; count < kMostNumbers; ++count) {
    std::size_t next = end == 0 ? 0 : end + 1;
    if (end != 0 && (end >= text.size() || text[end] != '.')) break;
    const std::size_t first = next;
    while (next < text.size() && is_digit(text[next])) ++next;
    if (next == first || next - first > kMostDigits) break;
    end = next;
  }
  return text.substr(0, end);
}

}  // namespace preflight
