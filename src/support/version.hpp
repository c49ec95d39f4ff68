// Dotted-numeric versions, as drivers, CUDA, NCCL and C libraries have them: 535.104.05, 12.4, 2.19.3.
#pragma once

#include <compare>
#include <cstdint>
#include <string_view>
#include <vector>

#include "support/result.hpp"

namespace preflight {

struct DottedVersion {
  std::vector<std::uint32_t> numbers;

  // Number at a place; missing ones count as 0.
  std::uint32_t at(std::size_t place) const { return place < numbers.size() ? numbers[place] : 0; }

  // Number by number; 12.1 equals 12.1.0.
  friend std::strong_ordering operator<=>(const DottedVersion& left, const DottedVersion& right);
  friend bool operator==(const DottedVersion& left, const DottedVersion& right) {
    return (left <=> right) == std::strong_ordering::equal;
  }
};

// Numbers of at most nine digits, separated by single dots, at most 16 of them; anything else is malformed.
Result<DottedVersion> parse_dotted_version(std::string_view text);

// The longest dotted version that the text begins with ("6.1.0" of "6.1.0-18-amd64"); empty when it begins
// with none.
std::string_view leading_dotted_version(std::string_view text);

}  // namespace preflight
