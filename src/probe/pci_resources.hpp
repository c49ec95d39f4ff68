// The memory windows of a PCI device, as its "resource" file in sysfs shows them.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace preflight::probe {

struct MemoryWindow {
  std::int64_t number = 0;   // of its base address register (BAR)
  std::uint64_t start = 0;   // 0 where it was given no address
  std::uint64_t length = 0;  // bytes

  friend bool operator==(const MemoryWindow&, const MemoryWindow&) = default;
};

// Of the six registers. A window that the kernel gave up on altogether has lost its size, too, and is not
// listed.
std::vector<MemoryWindow> parse_memory_windows(std::string_view text);

}  // namespace preflight::probe
