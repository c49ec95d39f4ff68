#include "support/paged_source.hpp"

#include <algorithm>
#include <cstring>

namespace preflight {

Result<const PagedSource::Page*> PagedSource::page(std::uint64_t number) const {
  if (last_page_ != nullptr && last_number_ == number) return last_page_;
  auto kept = pages_.find(number);
  if (kept == pages_.end()) {
    Page bytes(kPageSize);
    const auto count = source_->read_at(number * kPageSize, bytes);
    if (!count) return count.error();
    bytes.resize(*count);
    if (pages_.size() >= kMostKept / kPageSize) pages_.clear();
    kept = pages_.emplace(number, std::move(bytes)).first;
  }
  last_number_ = number;
  last_page_ = &kept->second;
  return last_page_;
}

Result<std::size_t> PagedSource::read_at(std::uint64_t offset, std::span<std::byte> buffer) const {
  if (buffer.size() >= kPageSize) return source_->read_at(offset, buffer);
  std::size_t filled = 0;
  while (filled < buffer.size() && offset + filled >= offset) {
    const std::uint64_t at = offset + filled;
    const auto bytes = page(at / kPageSize);
    if (!bytes) return bytes.error();
    const std::size_t skipped = static_cast<std::size_t>(at % kPageSize);
    if (skipped >= (*bytes)->size()) break;
    const auto there = std::span(**bytes).subspan(skipped);
    const std::size_t count = std::min(there.size(), buffer.size() - filled);
    std::memcpy(buffer.data() + filled, there.data(), count);
    filled += count;
  }
  return filled;
}

}  // namespace preflight
