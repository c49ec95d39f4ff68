// Parts of binary structures.
#pragma once

#include <string>

#include "elf/fields.hpp"

namespace preflight::test {

// Integers and texts, one after the other: the counterpart of elf::Fields.
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

// A table of strings that begins with the empty one.
class StringTable {
 public:
  // Returns where the text stands.
  std::uint64_t add(const std::string& text) {
    const std::uint64_t at = bytes_.size();
    bytes_ += text + '\0';
    return at;
  }
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_ = std::string(1, '\0');
};

}  // namespace preflight::test
