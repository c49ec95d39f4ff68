#include "elf/extent.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace preflight::elf {

namespace {

// Most names of C++ fit.
using Piece = std::array<std::byte, 256>;

}  // namespace

Result<Extent> Extent::from(const File& file, std::uint64_t address) {
  const auto place = file.place_of(address);
  if (!place) return place.error();
  return Extent(file.source(), file.layout(), *place);
}

Result<Extent> Extent::of(const File& file, std::uint64_t address, std::uint64_t size) {
  if (size == 0) return Extent();
  auto extent = from(file, address);
  if (!extent) return extent.error();
  if (size > extent->size_) return Error{ErrorKind::malformed, "a table beyond the loaded segments"};
  extent->size_ = size;
  return extent;
}

Extent Extent::without_first(std::uint64_t count) const {
  Extent rest = *this;
  rest.offset_ += std::min(count, size_);
  rest.size_ -= std::min(count, size_);
  return rest;
}

std::optional<Error> Extent::fill(std::uint64_t offset, std::span<std::byte> buffer) const {
  if (offset > size_ || buffer.size() > size_ - offset) {
    return Error{ErrorKind::malformed, "an entry outside of its table"};
  }
  if (buffer.empty()) return std::nullopt;
  const auto count = source_->read_at(offset_ + offset, buffer);
  if (!count) return count.error();
  if (*count != buffer.size()) return Error{ErrorKind::malformed, "truncated"};
  return std::nullopt;
}

Result<std::uint16_t> Extent::u16_at(std::uint64_t offset) const {
  std::array<std::byte, 2> bytes{};
  if (auto error = fill(offset, bytes)) return std::move(*error);
  return Fields(bytes, layout_).u16();
}

Result<std::uint32_t> Extent::u32_at(std::uint64_t offset) const {
  std::array<std::byte, 4> bytes{};
  if (auto error = fill(offset, bytes)) return std::move(*error);
  return Fields(bytes, layout_).u32();
}

Result<std::string> Extent::text_at(std::uint64_t offset) const {
  if (offset >= size_) return Error{ErrorKind::malformed, "text outside of its table"};
  const std::uint64_t end = offset + std::min<std::uint64_t>(size_ - offset, kLongestText);
  std::string text;
  Piece piece{};
  while (offset < end) {
    const auto part =
        std::span(piece).first(static_cast<std::size_t>(std::min<std::uint64_t>(end - offset, piece.size())));
    if (auto error = fill(offset, part)) return std::move(*error);
    const std::string_view view(reinterpret_cast<const char*>(part.data()), part.size());
    const auto length = view.find('\0');
    text += view.substr(0, length);
    if (length != std::string_view::npos) break;
    offset += part.size();
  }
  return text;
}

Result<bool> Extent::holds_text(std::uint64_t offset, std::string_view text) const {
  if (offset >= size_ || size_ - offset <= text.size()) return false;
  Piece piece{};
  for (std::size_t at = 0; at <= text.size(); at += piece.size()) {
    const auto part = std::span(piece).first(std::min(text.size() + 1 - at, piece.size()));
    if (auto error = fill(offset + at, part)) return std::move(*error);
    const auto expected = text.substr(at, part.size());
    if (std::memcmp(part.data(), expected.data(), expected.size()) != 0) return false;
    if (expected.size() < part.size() && part.back() != std::byte{0}) return false;
  }
  return true;
}

}  // namespace preflight::elf
