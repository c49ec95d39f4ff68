// Fat binaries: containers of GPU code for several architectures, which nvcc puts into the sections of a host
// program. Only their headers are read, never the code.
//
// A container begins with the header of CUDA's fatbinary.h (magic 0xBA55ED50, version, size of the header,
// size of what follows). Then come entries, each a header and its code:
//
//    0 u16 kind                   16 u32 size of the compressed code   40 u64 flags
//    2 u16 version                24 u16 minor, u16 major version      56 u64 size before compression
//    4 u32 size of the header     28 u32 architecture: 90
//    8 u64 size of the code       32 u32 place, u32 size of the name
//
// NVIDIA doesn't describe the entries. The layout and the flags were found by compiling for every variant and
// compression mode of nvcc and by comparing with cuobjdump (tests/oracle/gpu_code.py).
#pragma once

#include <array>
#include <functional>

#include "gpu_code/architecture.hpp"
#include "support/byte_source.hpp"

namespace preflight::gpu_code {

constexpr std::uint32_t kFatbinMagic = 0xBA55ED50;
constexpr std::size_t kContainerHeaderSize = 16;
constexpr std::size_t kEntryHeaderSize = 64;  // longer ones hold a name and options

enum class Kind : std::uint16_t { ptx = 1, sass = 2 };  // others occur: link-time intermediate code is 8

struct Entry {
  Kind kind{};
  Architecture architecture;
  bool compressed = false;
  std::uint64_t size = 0;  // bytes, not compressed
  // Of PTX: the version of its language, 8.7. Of machine code: a number of its format.
  int version_major = 0;
  int version_minor = 0;
};

class FatbinReader {
 public:
  // Receives every entry, with the number of its container (from 0, over all calls of `read`).
  using Sink = std::function<void(std::size_t container, const Entry& entry)>;

  // The source must outlive the reader.
  FatbinReader(const ByteSource& source, Sink sink) : source_(&source), sink_(std::move(sink)) {}

  // Reads the containers that stand one after the other from `offset` on, in `size` bytes of the source;
  // zeros may stand between them for alignment. Returns how many there were. Errors: malformed (truncated or
  // inconsistent), too_large (more entries in all than any library has), or the source's own.
  Result<std::size_t> read(std::uint64_t offset, std::uint64_t size);

  std::size_t containers() const { return containers_; }

 private:
  Result<std::span<const std::byte>> bytes(std::uint64_t offset, std::size_t size);
  Result<std::uint64_t> skip_padding(std::uint64_t offset, std::uint64_t end);
  Result<std::uint64_t> read_container(std::uint64_t offset, std::uint64_t end);
  Result<std::uint64_t> read_entry(std::uint64_t offset, std::uint64_t end);

  const ByteSource* source_;
  Sink sink_;
  std::size_t containers_ = 0;
  std::size_t headers_ = 0;

  // The bytes that were read last: the header of a container and that of its first entry come together.
  std::array<std::byte, kContainerHeaderSize + kEntryHeaderSize> window_{};
  std::uint64_t window_offset_ = 0;
  std::size_t window_size_ = 0;
};

}  // namespace preflight::gpu_code
