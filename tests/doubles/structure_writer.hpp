// Integers and texts of a binary structure, one after the other: the counterpart of elf::Fields.
#pragma once

#include <string>

#include "elf/fields.hpp"

namespace preflight::test {

class StructureWriter {
 public:
  explicit StructureWriter(elf::Layout layout) : layout_(layout) {}

  StructureWriter& u8(std::uint64_t value) { return put(value, 1); }
  StructureWriter& u16(std::uint64_t value) { return put(value, 2); }
  StructureWriter& u32(std::uint64_t value) { return put(value, 4); }
  StructureWriter& word(std::uint64_t value) { return put(value, wide() ? 8 : 4); }
  StructureWriter& text(const std::string& text) {
    bytes_ += text;
    return *this;
  }
  StructureWriter& pad(std::size_t step) {
    bytes_.resize((bytes_.size() + step - 1) / step * step);
    return *this;
  }
  bool wide() const { return layout_.width == elf::Width::bits64; }
  const std::string& bytes() const { return bytes_; }

 private:
  StructureWriter& put(std::uint64_t value, unsigned count) {
    for (unsigned place = 0; place < count; ++place) {
      const unsigned shift = 8 * (layout_.order == elf::ByteOrder::little ? place : count - 1 - place);
      bytes_ += static_cast<char>(value >> shift & 0xffU);
    }
    return *this;
  }

  elf::Layout layout_;
  std::string bytes_;
};

}  // namespace preflight::test
