// Small fat binaries made in memory, so that a test says what is in them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace preflight::test {

enum class CodeVariant : std::uint64_t { plain = 0, arch_specific = 0x100000, family_specific = 0x200000 };
enum class Compression : std::uint64_t { none = 0, old = 0x1000, lz4 = 0x2000, zstd = 0x8000 };

struct FatbinImage {
  struct Entry {
    std::uint16_t kind = 2;  // 1 PTX, 2 machine code
    std::uint32_t architecture = 90;
    CodeVariant variant = CodeVariant::plain;
    Compression compression = Compression::none;
    std::uint16_t major = 1;  // of PTX: the version of the language
    std::uint16_t minor = 7;
    std::string code = "machine code";
    std::string options = {};  // between header and code
    // What the header says instead of the truth.
    std::optional<std::uint32_t> header_size = {};
    std::optional<std::uint64_t> code_size = {};
  };

  std::vector<Entry> entries = {};
  std::uint32_t magic = 0xBA55ED50;
  std::uint16_t header_size = 16;
  std::optional<std::uint64_t> size = {};

  std::string bytes() const;
};

}  // namespace preflight::test
