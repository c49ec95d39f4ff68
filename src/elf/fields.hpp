// Integers of a binary structure, one after the other, in the byte order and word size of the file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace preflight::elf {

enum class Width { bits32, bits64 };
enum class ByteOrder { little, big };

struct Layout {
  Width width = Width::bits64;
  ByteOrder order = ByteOrder::little;
  friend bool operator==(const Layout&, const Layout&) = default;
};

// Past the end every field is 0, so that a reader may check the size once, before or after.
class Fields {
 public:
  Fields(std::span<const std::byte> bytes, Layout layout) : bytes_(bytes), layout_(layout) {}

  std::uint8_t u8() { return static_cast<std::uint8_t>(take(1)); }
  std::uint16_t u16() { return static_cast<std::uint16_t>(take(2)); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(take(4)); }
  std::uint64_t u64() { return take(8); }

  // An address, offset or size: 4 or 8 bytes by the file's class.
  std::uint64_t word() { return take(layout_.width == Width::bits64 ? 8 : 4); }

  void skip(std::size_t count) { bytes_ = bytes_.subspan(count < bytes_.size() ? count : bytes_.size()); }

 private:
  std::uint64_t take(std::size_t count) {
    std::uint64_t value = 0;
    if (count <= bytes_.size()) {
      for (std::size_t place = 0; place < count; ++place) {
        const std::size_t from = layout_.order == ByteOrder::big ? place : count - 1 - place;
        value = value << 8U | std::to_integer<std::uint64_t>(bytes_[from]);
      }
    }
    skip(count);
    return value;
  }

  std::span<const std::byte> bytes_;
  Layout layout_;
};

}  // namespace preflight::elf
