#include "support/byte_source.hpp"

#include <algorithm>

namespace preflight {

Result<std::size_t> BufferSource::read_at(std::uint64_t offset, std::span<std::byte> buffer) const {
  if (offset >= bytes_.size()) return std::size_t{0};
  const auto there = bytes_.subspan(static_cast<std::size_t>(offset));
  const std::size_t count = std::min(there.size(), buffer.size());
  std::ranges::copy(there.first(count), buffer.begin());
  return count;
}

}  // namespace preflight
