// An ELF file (System V gABI; 32 and 64 bits, both byte orders) over any source of bytes. Nothing is trusted:
// every offset and count is checked against the file and against a bound before anything is read or reserved.
// Errors: malformed (not ELF, truncated, inconsistent), too_large (over a bound), or the source's own.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "elf/fields.hpp"
#include "support/byte_source.hpp"
#include "support/result.hpp"

namespace preflight::elf {

// The numbers that the gABI gives to what the callers of this reader ask for.
enum class Machine : std::uint16_t { x86 = 3, arm = 40, x86_64 = 62, aarch64 = 183 };
enum class FileType : std::uint16_t { relocatable = 1, executable = 2, shared = 3, core = 4 };
constexpr std::uint32_t kSegmentLoad = 1;
constexpr std::uint32_t kSegmentDynamic = 2;
constexpr std::uint32_t kSegmentInterpreter = 3;
constexpr std::uint32_t kSegmentNote = 4;
constexpr std::uint32_t kSegmentGnuStack = 0x6474e551;
constexpr std::uint32_t kSegmentExecutable = 1;  // a flag: the loader maps it for execution
constexpr std::uint32_t kSectionNote = 7;
constexpr std::uint32_t kSectionNoBits = 8;

struct Header {
  Layout layout;
  Machine machine{};  // other numbers than the named ones occur
  FileType type{};
  std::uint8_t system = 0;          // EI_OSABI
  std::uint64_t segment_table = 0;  // file offsets
  std::uint64_t section_table = 0;
  std::uint16_t segment_count = 0;
  std::uint16_t section_count = 0;
  std::uint16_t section_names = 0;  // index of the section that holds the names
};

struct Segment {
  std::uint32_t type = 0;
  std::uint32_t flags = 0;
  std::uint64_t offset = 0;  // in the file
  std::uint64_t address = 0;
  std::uint64_t file_size = 0;
  std::uint64_t memory_size = 0;
  std::uint64_t alignment = 0;
};

struct Section {
  std::string name;
  std::uint32_t type = 0;
  std::uint32_t link = 0;
  std::uint64_t address = 0;
  std::uint64_t offset = 0;  // in the file
  std::uint64_t size = 0;
  std::uint64_t alignment = 0;
  std::uint64_t entry_size = 0;
};

// Names and single values are at most this long; tables at most that. In bytes.
constexpr std::size_t kLongestText = 4096;
constexpr std::size_t kLargestTable = std::size_t{64} << 20;

class File {
 public:
  // Reads the header and the program headers. The source must outlive the file.
  static Result<File> open(const ByteSource& source);

  const ByteSource& source() const { return *source_; }
  const Header& header() const { return header_; }
  const Layout& layout() const { return header_.layout; }
  const std::vector<Segment>& segments() const { return segments_; }

  // The section headers, with names; empty when the file has none (they may be stripped).
  Result<std::vector<Section>> sections() const;

  // The first section of this name; not_found when there is none.
  Result<Section> section(std::string_view name) const;

  // Exactly `size` bytes of the file.
  Result<std::vector<std::byte>> read(std::uint64_t offset, std::uint64_t size) const;

  // The bytes from here up to a NUL, of at most kLongestText bytes before `end`.
  Result<std::string> text_at(std::uint64_t offset, std::uint64_t end) const;

  // Where the byte at a virtual address stands in the file, and how many bytes of the same segment follow it
  // there (it included). malformed when no loaded segment's file part holds the address.
  struct Place {
    std::uint64_t offset = 0;
    std::uint64_t available = 0;
  };
  Result<Place> place_of(std::uint64_t address) const;

  // Exactly `size` bytes at a virtual address.
  Result<std::vector<std::byte>> read_address(std::uint64_t address, std::uint64_t size) const;

 private:
  explicit File(const ByteSource& source) : source_(&source) {}

  const ByteSource* source_;
  Header header_;
  std::vector<Segment> segments_;
};

// The path of the loader that a program names (PT_INTERP); not_found when it names none.
Result<std::string> interpreter_of(const File& file);

// Whether the file asks for a stack that can be executed, with a PT_GNU_STACK program header. What the
// absence of one means is the loader's choice.
bool requests_executable_stack(const File& file);

}  // namespace preflight::elf
