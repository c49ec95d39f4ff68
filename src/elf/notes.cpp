#include "elf/notes.hpp"

#include <algorithm>

namespace preflight::elf {

namespace {

constexpr std::size_t kMostNotes = 4096;
constexpr std::uint64_t kLargestNotes = std::uint64_t{1} << 20U;

// Names and descriptions are padded to 4 bytes; to 8 in the few sections that are aligned so.
std::uint64_t padded(std::uint64_t size, std::uint64_t alignment) {
  const std::uint64_t step = alignment == 8 ? 8 : 4;
  return (size + step - 1) / step * step;
}

Result<std::vector<Note>> read_notes(const File& file, std::uint64_t offset, std::uint64_t size,
                                     std::uint64_t alignment) {
  if (size > kLargestNotes) return Error{ErrorKind::too_large, "notes of " + std::to_string(size) + " bytes"};
  const auto bytes = file.read(offset, size);
  if (!bytes) return bytes.error();
  std::vector<Note> notes;
  std::span<const std::byte> rest(*bytes);
  constexpr std::size_t kHeaderSize = 12;
  while (rest.size() >= kHeaderSize && notes.size() < kMostNotes) {
    Fields fields(rest, file.layout());
    const std::uint64_t name_size = fields.u32();
    const std::uint64_t description_size = fields.u32();
    Note note;
    note.type = fields.u32();
    const std::uint64_t description_at = padded(kHeaderSize + name_size, alignment);
    if (description_at > rest.size() || description_size > rest.size() - description_at) {
      return Error{ErrorKind::malformed, "a note beyond its section"};
    }
    const auto name = rest.subspan(kHeaderSize, static_cast<std::size_t>(name_size));
    for (const std::byte character : name) {
      if (character == std::byte{0}) break;
      note.name += std::to_integer<char>(character);
    }
    const auto description =
        rest.subspan(static_cast<std::size_t>(description_at), static_cast<std::size_t>(description_size));
    note.description.assign(description.begin(), description.end());
    notes.push_back(std::move(note));
    const std::uint64_t next = description_at + padded(description_size, alignment);
    rest = rest.subspan(static_cast<std::size_t>(std::min<std::uint64_t>(next, rest.size())));
  }
  return notes;
}

}  // namespace

Result<std::vector<Note>> section_notes(const File& file, std::string_view section) {
  const auto found = file.section(section);
  if (!found) return found.error();
  return read_notes(file, found->offset, found->size, found->alignment);
}

Result<std::vector<Note>> segment_notes(const File& file) {
  std::vector<Note> all;
  for (const auto& segment : file.segments()) {
    if (segment.type != kSegmentNote) continue;
    auto notes = read_notes(file, segment.offset, segment.file_size, segment.alignment);
    if (!notes) return notes.error();
    std::ranges::move(*notes, std::back_inserter(all));
  }
  return all;
}

}  // namespace preflight::elf
