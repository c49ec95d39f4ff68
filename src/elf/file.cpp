#include "elf/file.hpp"

#include <algorithm>
#include <array>

namespace preflight::elf {

namespace {

constexpr std::array kMagic{std::byte{0x7f}, std::byte{'E'}, std::byte{'L'}, std::byte{'F'}};
constexpr std::size_t kIdentificationSize = 16;
constexpr std::uint16_t kExtendedSegmentCount = 0xffff;
constexpr std::uint16_t kExtendedSectionIndex = 0xffff;
constexpr std::uint64_t kMostSections = std::uint64_t{1} << 16U;

Error malformed(const std::string& what) {
  return {ErrorKind::malformed, what};
}

std::size_t header_size(Layout layout) {
  return layout.width == Width::bits64 ? 64 : 52;
}
std::size_t segment_size(Layout layout) {
  return layout.width == Width::bits64 ? 56 : 32;
}
std::size_t section_size(Layout layout) {
  return layout.width == Width::bits64 ? 64 : 40;
}

Result<Layout> read_layout(std::span<const std::byte> identification) {
  if (!std::ranges::equal(identification.first(kMagic.size()), kMagic)) return malformed("not an ELF file");
  const auto width = std::to_integer<int>(identification[4]);
  const auto order = std::to_integer<int>(identification[5]);
  if (width != 1 && width != 2) return malformed("unknown ELF class");
  if (order != 1 && order != 2) return malformed("unknown ELF byte order");
  if (std::to_integer<int>(identification[6]) != 1) return malformed("unknown ELF version");
  return Layout{width == 2 ? Width::bits64 : Width::bits32, order == 1 ? ByteOrder::little : ByteOrder::big};
}

Result<Header> read_header(std::span<const std::byte> bytes, Layout layout) {
  Fields fields(bytes, layout);
  fields.skip(kIdentificationSize);
  Header header{.layout = layout};
  header.type = FileType{fields.u16()};
  header.machine = Machine{fields.u16()};
  fields.u32();   // version
  fields.word();  // entry point
  header.segment_table = fields.word();
  header.section_table = fields.word();
  fields.u32();  // flags
  fields.u16();  // size of this header
  const std::uint16_t segment_entry = fields.u16();
  header.segment_count = fields.u16();
  const std::uint16_t section_entry = fields.u16();
  header.section_count = fields.u16();
  header.section_names = fields.u16();
  if (header.segment_count == kExtendedSegmentCount) {
    return Error{ErrorKind::too_large, "too many program headers"};
  }
  if (header.segment_count != 0 && segment_entry != segment_size(layout)) {
    return malformed("program headers of an unknown size");
  }
  if (header.section_table != 0 && section_entry != section_size(layout)) {
    return malformed("section headers of an unknown size");
  }
  return header;
}

Segment read_segment(std::span<const std::byte> bytes, Layout layout) {
  Fields fields(bytes, layout);
  Segment segment;
  segment.type = fields.u32();
  if (layout.width == Width::bits64) segment.flags = fields.u32();
  segment.offset = fields.word();
  segment.address = fields.word();
  fields.word();  // physical address
  segment.file_size = fields.word();
  segment.memory_size = fields.word();
  if (layout.width == Width::bits32) segment.flags = fields.u32();
  segment.alignment = fields.word();
  return segment;
}

struct RawSection {
  std::uint32_t name = 0;
  Section section;
};

RawSection read_section(std::span<const std::byte> bytes, Layout layout) {
  Fields fields(bytes, layout);
  RawSection raw;
  raw.name = fields.u32();
  raw.section.type = fields.u32();
  fields.word();  // flags
  raw.section.address = fields.word();
  raw.section.offset = fields.word();
  raw.section.size = fields.word();
  raw.section.link = fields.u32();
  fields.u32();  // info
  raw.section.alignment = fields.word();
  raw.section.entry_size = fields.word();
  return raw;
}

std::string text_in(std::span<const std::byte> table, std::size_t offset) {
  std::string text;
  for (; offset < table.size() && text.size() < kLongestText; ++offset) {
    const char character = std::to_integer<char>(table[offset]);
    if (character == '\0') break;
    text += character;
  }
  return text;
}

}  // namespace

Result<File> File::open(const ByteSource& source) {
  File file(source);
  const auto identification = file.read(0, kIdentificationSize);
  if (!identification) return identification.error();
  const auto layout = read_layout(*identification);
  if (!layout) return layout.error();
  const auto bytes = file.read(0, header_size(*layout));
  if (!bytes) return bytes.error();
  const auto header = read_header(*bytes, *layout);
  if (!header) return header.error();
  file.header_ = *header;
  file.header_.system = std::to_integer<std::uint8_t>((*identification)[7]);

  const std::size_t size = segment_size(*layout);
  const auto table = file.read(header->segment_table, size * header->segment_count);
  if (!table) return table.error();
  for (std::size_t index = 0; index < header->segment_count; ++index) {
    file.segments_.push_back(read_segment(std::span(*table).subspan(index * size, size), *layout));
  }
  return file;
}

Result<std::vector<Section>> File::sections() const {
  std::vector<Section> sections;
  if (header_.section_table == 0) return sections;
  const std::size_t size = section_size(layout());
  // Counts that don't fit in the header stand in section 0 (gABI, "Extended section numbering").
  const auto first_bytes = read(header_.section_table, size);
  if (!first_bytes) return first_bytes.error();
  const Section first = read_section(*first_bytes, layout()).section;
  const std::uint64_t count = header_.section_count != 0 ? header_.section_count : first.size;
  const std::uint64_t names_index =
      header_.section_names != kExtendedSectionIndex ? header_.section_names : first.link;
  if (count > kMostSections) return Error{ErrorKind::too_large, "too many sections"};

  const auto table = read(header_.section_table, size * count);
  if (!table) return table.error();
  std::vector<std::uint32_t> names;
  for (std::size_t index = 0; index < count; ++index) {
    auto raw = read_section(std::span(*table).subspan(index * size, size), layout());
    names.push_back(raw.name);
    sections.push_back(std::move(raw.section));
  }
  if (names_index == 0) return sections;  // sections without names
  if (names_index >= sections.size()) return malformed("section names outside of the section table");
  const auto& names_section = sections[static_cast<std::size_t>(names_index)];
  const auto text = read(names_section.offset, names_section.size);
  if (!text) return text.error();
  for (std::size_t index = 0; index < sections.size(); ++index) {
    sections[index].name = text_in(*text, names[index]);
  }
  return sections;
}

Result<Section> File::section(std::string_view name) const {
  const auto all = sections();
  if (!all) return all.error();
  const auto found = std::ranges::find(*all, name, &Section::name);
  if (found == all->end()) return Error{ErrorKind::not_found, "no section " + std::string(name)};
  return *found;
}

Result<std::vector<std::byte>> File::read(std::uint64_t offset, std::uint64_t size) const {
  if (offset > source_->size() || size > source_->size() - offset) return malformed("truncated");
  if (size > kLargestTable)
    return Error{ErrorKind::too_large, "a table of " + std::to_string(size) + " bytes"};
  std::vector<std::byte> bytes(static_cast<std::size_t>(size));
  const auto count = source_->read_at(offset, bytes);
  if (!count) return count.error();
  if (*count != size) return malformed("truncated");
  return bytes;
}

Result<std::string> File::text_at(std::uint64_t offset, std::uint64_t end) const {
  if (offset >= end) return malformed("text outside of its table");
  const auto bytes = read(offset, std::min<std::uint64_t>(end - offset, kLongestText));
  if (!bytes) return bytes.error();
  return text_in(*bytes, 0);
}

Result<File::Place> File::place_of(std::uint64_t address) const {
  for (const auto& segment : segments_) {
    if (segment.type != kSegmentLoad || address < segment.address) continue;
    const std::uint64_t within = address - segment.address;
    if (within >= segment.file_size || within > source_->size() ||
        segment.offset > source_->size() - within) {
      continue;
    }
    return Place{segment.offset + within, segment.file_size - within};
  }
  return malformed("an address outside of the loaded segments");
}

Result<std::vector<std::byte>> File::read_address(std::uint64_t address, std::uint64_t size) const {
  const auto place = place_of(address);
  if (!place) return place.error();
  if (size > place->available) return malformed("an address outside of the loaded segments");
  return read(place->offset, size);
}

Result<std::string> interpreter_of(const File& file) {
  const auto segment = std::ranges::find(file.segments(), kSegmentInterpreter, &Segment::type);
  if (segment == file.segments().end()) return Error{ErrorKind::not_found, "names no interpreter"};
  return file.text_at(segment->offset, segment->offset + segment->file_size);
}

bool requests_executable_stack(const File& file) {
  // The loader takes the last one.
  bool requested = false;
  for (const auto& segment : file.segments()) {
    if (segment.type == kSegmentGnuStack) requested = (segment.flags & kSegmentExecutable) != 0;
  }
  return requested;
}

}  // namespace preflight::elf
