#include "gpu_code/fatbin.hpp"

#include <algorithm>

#include "elf/fields.hpp"

namespace preflight::gpu_code {

namespace {

constexpr std::uint64_t kStep = 8;           // everything is aligned so
constexpr std::uint64_t kMostPadding = 256;  // none was ever seen

// The largest library known has 6000 entries.
constexpr std::size_t kMostHeaders = std::size_t{1} << 18U;

constexpr std::uint64_t kCompressed = 0x1000 | 0x2000 | 0x8000;  // an old algorithm, LZ4, Zstandard
constexpr std::uint64_t kArchSpecific = 0x100000;
constexpr std::uint64_t kFamilySpecific = 0x200000;

constexpr std::uint32_t kLowestArchitecture = 10;
constexpr std::uint32_t kHighestArchitecture = 999;

Error malformed(const std::string& what) {
  return {ErrorKind::malformed, what};
}

Variant variant_of(std::uint64_t flags) {
  if ((flags & kArchSpecific) != 0) return Variant::arch_specific;
  return (flags & kFamilySpecific) != 0 ? Variant::family_specific : Variant::plain;
}

}  // namespace

Result<std::size_t> FatbinReader::read(std::uint64_t offset, std::uint64_t size) {
  if (offset > source_->size() || size > source_->size() - offset) return malformed("GPU code is truncated");
  const std::size_t before = containers_;
  const std::uint64_t end = offset + size;
  for (;;) {
    const auto start = skip_padding(offset, end);
    if (!start) return start.error();
    if (end - *start < kContainerHeaderSize) return containers_ - before;
    const auto next = read_container(*start, end);
    if (!next) return next.error();
    offset = *next;
  }
}

Result<std::span<const std::byte>> FatbinReader::bytes(std::uint64_t offset, std::size_t size) {
  const auto holds = [&] {
    if (offset < window_offset_ || offset - window_offset_ > window_size_) return false;
    return size <= window_size_ - (offset - window_offset_);
  };
  if (!holds()) {
    window_size_ = 0;
    const auto count = source_->read_at(offset, window_);
    if (!count) return count.error();
    window_offset_ = offset;
    window_size_ = *count;
    if (!holds()) return malformed("GPU code is truncated");
  }
  return std::span<const std::byte>(window_).subspan(static_cast<std::size_t>(offset - window_offset_), size);
}

Result<std::uint64_t> FatbinReader::skip_padding(std::uint64_t offset, std::uint64_t end) {
  const std::uint64_t limit = std::min(end, offset + std::min(kMostPadding, end - offset));
  while (limit - offset >= kStep) {
    const auto word = bytes(offset, kStep);
    if (!word) return word.error();
    if (std::ranges::any_of(*word, [](std::byte value) { return value != std::byte{0}; })) break;
    offset += kStep;
  }
  return offset;
}

Result<std::uint64_t> FatbinReader::read_container(std::uint64_t offset, std::uint64_t end) {
  if (++headers_ > kMostHeaders) return Error{ErrorKind::too_large, "too many entries of GPU code"};
  const auto header = bytes(offset, kContainerHeaderSize);
  if (!header) return header.error();
  elf::Fields fields(*header, {});
  if (fields.u32() != kFatbinMagic) return malformed("no fat binary where one should begin");
  fields.u16();  // version
  const std::uint64_t header_size = fields.u16();
  const std::uint64_t size = fields.u64();
  if (header_size < kContainerHeaderSize || header_size > end - offset || size > end - offset - header_size) {
    return malformed("a fat binary beyond its section");
  }
  offset += header_size;
  const std::uint64_t container_end = offset + size;
  while (container_end - offset >= kEntryHeaderSize) {
    const auto next = read_entry(offset, container_end);
    if (!next) return next.error();
    offset = *next;
  }
  ++containers_;
  return container_end;
}

Result<std::uint64_t> FatbinReader::read_entry(std::uint64_t offset, std::uint64_t end) {
  if (++headers_ > kMostHeaders) return Error{ErrorKind::too_large, "too many entries of GPU code"};
  const auto header = bytes(offset, kEntryHeaderSize);
  if (!header) return header.error();
  elf::Fields fields(*header, {});
  Entry entry;
  entry.kind = Kind{fields.u16()};
  fields.u16();  // version of the header
  const std::uint64_t header_size = fields.u32();
  const std::uint64_t size = fields.u64();
  fields.skip(8);  // size when compressed, place of the options
  entry.version_minor = fields.u16();
  entry.version_major = fields.u16();
  const std::uint32_t architecture = fields.u32();
  fields.skip(8);  // place and size of the name
  const std::uint64_t flags = fields.u64();
  fields.skip(8);
  const std::uint64_t size_before_compression = fields.u64();
  if (header_size < kEntryHeaderSize || header_size > end - offset || size > end - offset - header_size) {
    return malformed("GPU code beyond its fat binary");
  }
  if (entry.kind == Kind::ptx || entry.kind == Kind::sass) {
    if (architecture < kLowestArchitecture || architecture > kHighestArchitecture) {
      return malformed("GPU code for an architecture " + std::to_string(architecture));
    }
    entry.architecture = {static_cast<int>(architecture / 10), static_cast<int>(architecture % 10),
                          variant_of(flags)};
    entry.compressed = (flags & kCompressed) != 0;
    entry.size = entry.compressed ? size_before_compression : size;
    sink_(containers_, entry);
  }
  return offset + header_size + size;
}

}  // namespace preflight::gpu_code
