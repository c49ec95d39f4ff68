#pragma once

#include <memory>
#include <unordered_map>
#include <vector>

#include "support/byte_source.hpp"

namespace preflight {

// Keeps what was read of another source, in pages: for readers that look at many small pieces which stand
// close together. Reads of a page's size and more are passed through and not kept. For one thread at a time.
class PagedSource final : public ByteSource {
 public:
  // In bytes.
  static constexpr std::size_t kPageSize = std::size_t{16} << 10U;
  static constexpr std::size_t kMostKept = std::size_t{64} << 20U;

  explicit PagedSource(std::unique_ptr<ByteSource> source) : source_(std::move(source)) {}

  std::uint64_t size() const override { return source_->size(); }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> buffer) const override;

 private:
  using Page = std::vector<std::byte>;

  Result<const Page*> page(std::uint64_t number) const;

  std::unique_ptr<ByteSource> source_;
  mutable std::unordered_map<std::uint64_t, Page> pages_;
  // The page that was asked for last, which most reads are in.
  mutable std::uint64_t last_number_ = 0;
  mutable const Page* last_page_ = nullptr;
};

}  // namespace preflight
