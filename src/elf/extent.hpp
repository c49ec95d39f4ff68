// A part of a file that is read piece by piece.
#pragma once

#include <optional>

#include "elf/file.hpp"

namespace preflight::elf {

// Every read is checked against the part; beyond it, or where the file is truncated: malformed.
class Extent {
 public:
  // No bytes.
  Extent() = default;

  // From a virtual address to the end of the file's part of its segment, or of `size` bytes. Only the file's
  // source must outlive the extent.
  static Result<Extent> from(const File& file, std::uint64_t address);
  static Result<Extent> of(const File& file, std::uint64_t address, std::uint64_t size);

  std::uint64_t size() const { return size_; }
  const Layout& layout() const { return layout_; }

  // The part without its first bytes; empty when there are no more.
  Extent without_first(std::uint64_t count) const;

  // Fills the buffer from `offset`, or says why not.
  std::optional<Error> fill(std::uint64_t offset, std::span<std::byte> buffer) const;

  Result<std::uint16_t> u16_at(std::uint64_t offset) const;
  Result<std::uint32_t> u32_at(std::uint64_t offset) const;

  // The bytes from here up to a NUL or the end, of at most kLongestText.
  Result<std::string> text_at(std::uint64_t offset) const;

  // Whether this text and a NUL stand here.
  Result<bool> holds_text(std::uint64_t offset, std::string_view text) const;

 private:
  Extent(const ByteSource& source, Layout layout, File::Place place)
      : source_(&source), layout_(layout), offset_(place.offset), size_(place.available) {}

  const ByteSource* source_ = nullptr;
  Layout layout_;
  std::uint64_t offset_ = 0;
  std::uint64_t size_ = 0;
};

}  // namespace preflight::elf
