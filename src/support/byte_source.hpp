#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "support/result.hpp"

namespace preflight {

// Bytes that can be read at any place: a file, a member of an archive, a buffer in a test.
class ByteSource {
 public:
  virtual ~ByteSource() = default;

  // Size in bytes.
  virtual std::uint64_t size() const = 0;

  // Fills `buffer` from `offset`. Returns how many bytes were there: fewer only at the end.
  virtual Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> buffer) const = 0;
};

// A source over bytes that the caller keeps alive.
class BufferSource final : public ByteSource {
 public:
  explicit BufferSource(std::span<const std::byte> bytes) : bytes_(bytes) {}

  std::uint64_t size() const override { return bytes_.size(); }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> buffer) const override;

 private:
  std::span<const std::byte> bytes_;
};

}  // namespace preflight
