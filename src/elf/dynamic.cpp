#include "elf/dynamic.hpp"

#include <algorithm>

#include "support/text.hpp"
#include "support/version.hpp"

namespace preflight::elf {

namespace {

constexpr std::uint64_t kMostEntries = 8192;
constexpr std::uint64_t kMostVersions = 8192;

enum Tag : std::uint64_t {
  end_tag = 0,
  needed_tag = 1,
  strings_tag = 5,
  strings_size_tag = 10,
  soname_tag = 14,
  rpath_tag = 15,
  runpath_tag = 29,
  version_definitions_tag = 0x6ffffffc,
  version_definition_count_tag = 0x6ffffffd,
  version_needs_tag = 0x6ffffffe,
  version_need_count_tag = 0x6fffffff,
};

struct Entry {
  std::uint64_t tag = 0;
  std::uint64_t value = 0;
};

Result<std::vector<Entry>> read_entries(const File& file) {
  const auto segment = std::ranges::find(file.segments(), kSegmentDynamic, &Segment::type);
  if (segment == file.segments().end()) return Error{ErrorKind::not_found, "no dynamic segment"};
  const std::size_t size = file.layout().width == Width::bits64 ? 16 : 8;
  if (segment->file_size > kMostEntries * size) {
    return Error{ErrorKind::too_large, "too many entries in the dynamic segment"};
  }
  const auto bytes = file.read(segment->offset, segment->file_size);
  if (!bytes) return bytes.error();
  std::vector<Entry> entries;
  Fields fields(*bytes, file.layout());
  for (std::size_t index = 0; index < bytes->size() / size; ++index) {
    const std::uint64_t tag = fields.word();
    const std::uint64_t value = fields.word();
    if (tag == end_tag) break;
    entries.push_back({tag, value});
  }
  return entries;
}

std::vector<std::string> split_path(std::string_view path) {
  const auto pieces = split(path, ':');
  return {pieces.begin(), pieces.end()};
}

Result<std::uint64_t> moved(std::uint64_t address, std::uint32_t by) {
  if (address + by < address) return Error{ErrorKind::malformed, "an address beyond the address space"};
  return address + by;
}

}  // namespace

Result<std::string> dynamic_text(const File& file, const Dynamic& dynamic, std::uint64_t offset) {
  if (offset >= dynamic.strings_size) return Error{ErrorKind::malformed, "text outside of its table"};
  const auto table = file.place_of(dynamic.strings);
  if (!table) return table.error();
  const std::uint64_t size = std::min(table->available, dynamic.strings_size);
  if (offset >= size) return Error{ErrorKind::malformed, "text outside of its table"};
  return file.text_at(table->offset + offset, table->offset + size);
}

Result<Dynamic> read_dynamic(const File& file) {
  const auto entries = read_entries(file);
  if (!entries) return entries.error();
  Dynamic dynamic;
  for (const auto& [tag, value] : *entries) {
    if (tag == strings_tag) dynamic.strings = value;
    if (tag == strings_size_tag) dynamic.strings_size = value;
    if (tag == version_definitions_tag) dynamic.version_definitions = value;
    if (tag == version_definition_count_tag) dynamic.version_definition_count = value;
    if (tag == version_needs_tag) dynamic.version_needs = value;
    if (tag == version_need_count_tag) dynamic.version_need_count = value;
  }
  // The table of strings may be named after the first entry that needs it.
  for (const auto& [tag, value] : *entries) {
    if (tag != needed_tag && tag != soname_tag && tag != rpath_tag && tag != runpath_tag) continue;
    auto text = dynamic_text(file, dynamic, value);
    if (!text) return text.error();
    if (tag == needed_tag) dynamic.needed.push_back(std::move(*text));
    if (tag == soname_tag) dynamic.soname = std::move(*text);
    if (tag == rpath_tag) dynamic.rpath = split_path(*text);
    if (tag == runpath_tag) dynamic.runpath = split_path(*text);
  }
  return dynamic;
}

Result<std::vector<std::string>> defined_versions(const File& file, const Dynamic& dynamic) {
  std::vector<std::string> names;
  if (dynamic.version_definitions == 0) return names;
  if (dynamic.version_definition_count > kMostVersions) {
    return Error{ErrorKind::too_large, "too many version definitions"};
  }
  std::uint64_t address = dynamic.version_definitions;
  for (std::uint64_t index = 0; index < dynamic.version_definition_count; ++index) {
    const auto definition = file.read_address(address, 20);
    if (!definition) return definition.error();
    Fields fields(*definition, file.layout());
    fields.skip(12);  // version, flags, index, count of names, hash
    const auto name_address = moved(address, fields.u32());
    if (!name_address) return name_address.error();
    const std::uint32_t next = fields.u32();
    // The first name is the version itself, those after it its parents.
    const auto name = file.read_address(*name_address, 8);
    if (!name) return name.error();
    auto text = dynamic_text(file, dynamic, Fields(*name, file.layout()).u32());
    if (!text) return text.error();
    names.push_back(std::move(*text));
    if (next == 0) break;
    const auto next_address = moved(address, next);
    if (!next_address) return next_address.error();
    address = *next_address;
  }
  return names;
}

Result<std::vector<NeededVersion>> needed_versions(const File& file, const Dynamic& dynamic) {
  std::vector<NeededVersion> needs;
  if (dynamic.version_needs == 0) return needs;
  std::uint64_t address = dynamic.version_needs;
  for (std::uint64_t index = 0; index < dynamic.version_need_count; ++index) {
    const auto need = file.read_address(address, 16);
    if (!need) return need.error();
    Fields fields(*need, file.layout());
    fields.skip(2);  // version
    const std::uint16_t count = fields.u16();
    const auto library = dynamic_text(file, dynamic, fields.u32());
    if (!library) return library.error();
    auto version_address = moved(address, fields.u32());
    const std::uint32_t next = fields.u32();
    for (std::uint16_t version = 0; version < count; ++version) {
      if (!version_address) return version_address.error();
      if (needs.size() >= kMostVersions) return Error{ErrorKind::too_large, "too many version needs"};
      const auto bytes = file.read_address(*version_address, 16);
      if (!bytes) return bytes.error();
      Fields version_fields(*bytes, file.layout());
      version_fields.skip(8);  // hash, flags, index
      auto text = dynamic_text(file, dynamic, version_fields.u32());
      if (!text) return text.error();
      needs.push_back({*library, std::move(*text)});
      version_address = moved(*version_address, version_fields.u32());
    }
    if (next == 0) break;
    if (index >= kMostVersions) return Error{ErrorKind::too_large, "too many version needs"};
    const auto next_address = moved(address, next);
    if (!next_address) return next_address.error();
    address = *next_address;
  }
  return needs;
}

std::optional<std::string> highest_version(const std::vector<std::string>& names, std::string_view prefix) {
  std::optional<std::string> highest;
  DottedVersion highest_number;
  for (const auto& name : names) {
    if (!name.starts_with(prefix)) continue;
    const std::string text = name.substr(prefix.size());
    const auto number = parse_dotted_version(text);
    if (!number || (highest && *number <= highest_number)) continue;
    highest = text;
    highest_number = *number;
  }
  return highest;
}

}  // namespace preflight::elf
