#include "elf/loader_cache.hpp"

#include <optional>

#include "elf/fields.hpp"

namespace preflight::elf {

namespace {

constexpr std::string_view kCacheMagic = "glibc-ld.so.cache1.1";
constexpr std::string_view kOldMagic = "ld.so-1.7.0";
constexpr std::size_t kCacheHeaderSize = 48;
constexpr std::size_t kEntrySize = 24;
constexpr std::size_t kOldHeaderSize = 16;
constexpr std::size_t kOldEntrySize = 12;
constexpr std::size_t kByteOrderAt = 28;
constexpr int kBigEndian = 3;
constexpr std::size_t kLongestPath = 4096;

Fields fields_at(std::string_view bytes, std::size_t offset, ByteOrder order) {
  return {std::as_bytes(std::span(bytes.substr(offset))), {Width::bits64, order}};
}

// Where the newer format begins: at once, or behind the entries of the older one, aligned.
Result<std::size_t> start_of(std::string_view bytes) {
  if (bytes.starts_with(kCacheMagic)) return std::size_t{0};
  if (!bytes.starts_with(kOldMagic) || bytes.size() < kOldHeaderSize) {
    return Error{ErrorKind::malformed, "not a loader cache"};
  }
  for (const auto order : {ByteOrder::little, ByteOrder::big}) {
    const std::uint64_t count = fields_at(bytes, kOldMagic.size() + 1, order).u32();
    const std::uint64_t end = kOldHeaderSize + count * kOldEntrySize;
    for (const std::uint64_t start : {end, (end + 7) / 8 * 8}) {
      if (start < bytes.size() && bytes.substr(static_cast<std::size_t>(start)).starts_with(kCacheMagic)) {
        return static_cast<std::size_t>(start);
      }
    }
  }
  return Error{ErrorKind::unsupported, "a loader cache of a format before glibc 2.2"};
}

std::optional<std::string> text_at(std::string_view bytes, std::uint32_t offset) {
  if (offset >= bytes.size()) return std::nullopt;
  const auto rest = bytes.substr(offset, kLongestPath);
  const auto end = rest.find('\0');
  if (end == std::string_view::npos) return std::nullopt;
  return std::string(rest.substr(0, end));
}

}  // namespace

Result<std::vector<CachedLibrary>> parse_loader_cache(std::string_view bytes) {
  const auto start = start_of(bytes);
  if (!start) return start.error();
  bytes.remove_prefix(*start);
  if (bytes.size() < kCacheHeaderSize) return Error{ErrorKind::malformed, "a truncated loader cache"};
  const auto order = (bytes[kByteOrderAt] & 3) == kBigEndian ? ByteOrder::big : ByteOrder::little;
  const std::uint32_t count = fields_at(bytes, kCacheMagic.size(), order).u32();
  if (count > (bytes.size() - kCacheHeaderSize) / kEntrySize) {
    return Error{ErrorKind::malformed, "a truncated loader cache"};
  }
  std::vector<CachedLibrary> libraries;
  Fields fields = fields_at(bytes, kCacheHeaderSize, order);
  for (std::uint32_t index = 0; index < count; ++index) {
    CachedLibrary library;
    library.flags = fields.u32();
    auto name = text_at(bytes, fields.u32());
    auto path = text_at(bytes, fields.u32());
    fields.u32();  // kernel version, no longer used
    library.hwcap = fields.u64();
    if (!name || !path) return Error{ErrorKind::malformed, "a name outside of the loader cache"};
    library.name = std::move(*name);
    library.path = std::move(*path);
    libraries.push_back(std::move(library));
  }
  return libraries;
}

}  // namespace preflight::elf
