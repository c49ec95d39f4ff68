#include "probe/pci_resources.hpp"

#include <optional>

#include "support/text.hpp"

namespace preflight::probe {

namespace {

constexpr std::int64_t kRegisters = 6;
constexpr std::uint64_t kMemory = 0x200;  // IORESOURCE_MEM of linux/ioport.h

// "0x00000000fb000000"
std::optional<std::uint64_t> prefixed_number(std::string_view text) {
  if (!text.starts_with("0x")) return std::nullopt;
  return hexadecimal_number(text.substr(2));
}

}  // namespace

std::vector<MemoryWindow> parse_memory_windows(std::string_view text) {
  std::vector<MemoryWindow> windows;
  std::int64_t number = 0;
  for (const auto line : lines(text)) {
    if (number == kRegisters) break;
    const auto columns = words(line);  // start, end, flags
    const auto start = columns.size() == 3 ? prefixed_number(columns[0]) : std::nullopt;
    const auto end = columns.size() == 3 ? prefixed_number(columns[1]) : std::nullopt;
    const auto flags = columns.size() == 3 ? prefixed_number(columns[2]) : std::nullopt;
    if (start && end && flags && (*flags & kMemory) != 0 && *end > *start) {
      windows.push_back({number, *start, *end - *start + 1});
    }
    ++number;
  }
  return windows;
}

}  // namespace preflight::probe
