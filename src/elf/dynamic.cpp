#include "elf/dynamic.hpp"

#include <algorithm>

#include "support/text.hpp"

namespace preflight::elf {

namespace {

constexpr std::uint64_t kMostEntries = 8192;

enum Tag : std::uint64_t {
  end_tag = 0,
  needed_tag = 1,
  function_relocations_size_tag = 2,
  sysv_hash_tag = 4,
  strings_tag = 5,
  symbols_tag = 6,
  rela_tag = 7,
  rela_size_tag = 8,
  strings_size_tag = 10,
  soname_tag = 14,
  rpath_tag = 15,
  symbolic_tag = 16,
  rel_tag = 17,
  rel_size_tag = 18,
  function_relocations_form_tag = 20,
  function_relocations_tag = 23,
  bind_now_tag = 24,
  runpath_tag = 29,
  flags_tag = 30,
  gnu_hash_tag = 0x6ffffef5,
  symbol_versions_tag = 0x6ffffff0,
  rela_count_tag = 0x6ffffff9,
  rel_count_tag = 0x6ffffffa,
  flags_1_tag = 0x6ffffffb,
  version_definitions_tag = 0x6ffffffc,
  version_needs_tag = 0x6ffffffe,
  auxiliary_tag = 0x7ffffffd,
  filter_tag = 0x7fffffff,
};

constexpr std::uint64_t kSymbolic = 0x2;                // of DT_FLAGS
constexpr std::uint64_t kBindNow = 0x8;                 // of DT_FLAGS
constexpr std::uint64_t kNow = 0x1;                     // of DT_FLAGS_1
constexpr std::uint64_t kNoDefaultDirectories = 0x800;  // of DT_FLAGS_1

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

// The entries that hold a number.
void take_number(Dynamic& dynamic, const Entry& entry) {
  const std::uint64_t value = entry.value;
  switch (entry.tag) {
    case strings_tag:
      dynamic.strings = value;
      break;
    case strings_size_tag:
      dynamic.strings_size = value;
      break;
    case symbols_tag:
      dynamic.symbols = value;
      break;
    case gnu_hash_tag:
      dynamic.gnu_hash = value;
      break;
    case sysv_hash_tag:
      dynamic.sysv_hash = value;
      break;
    case symbol_versions_tag:
      dynamic.symbol_versions = value;
      break;
    case version_definitions_tag:
      dynamic.version_definitions = value;
      break;
    case version_needs_tag:
      dynamic.version_needs = value;
      break;
    case rel_tag:
      dynamic.relocations.address = value;
      break;
    case rel_size_tag:
      dynamic.relocations.size = value;
      break;
    case rel_count_tag:
      dynamic.relocations.relative_count = value;
      break;
    case rela_tag:
      dynamic.relocations_with_addend.address = value;
      break;
    case rela_size_tag:
      dynamic.relocations_with_addend.size = value;
      break;
    case rela_count_tag:
      dynamic.relocations_with_addend.relative_count = value;
      break;
    case function_relocations_tag:
      dynamic.function_relocations.address = value;
      break;
    case function_relocations_size_tag:
      dynamic.function_relocations.size = value;
      break;
    case function_relocations_form_tag:
      dynamic.function_relocations_addend = value == rela_tag;
      break;
    case symbolic_tag:
      dynamic.symbolic = true;
      break;
    case bind_now_tag:
      dynamic.binds_now = true;
      break;
    case flags_tag:
      dynamic.symbolic = dynamic.symbolic || (value & kSymbolic) != 0;
      dynamic.binds_now = dynamic.binds_now || (value & kBindNow) != 0;
      break;
    case flags_1_tag:
      dynamic.binds_now = dynamic.binds_now || (value & kNow) != 0;
      dynamic.no_default_directories = (value & kNoDefaultDirectories) != 0;
      break;
    default:
      break;
  }
}

bool holds_text(std::uint64_t tag) {
  return tag == needed_tag || tag == soname_tag || tag == rpath_tag || tag == runpath_tag ||
         tag == filter_tag || tag == auxiliary_tag;
}

void take_text(Dynamic& dynamic, std::uint64_t tag, std::string text) {
  switch (tag) {
    case needed_tag:
      dynamic.needed.push_back(std::move(text));
      break;
    case soname_tag:
      dynamic.soname = std::move(text);
      break;
    case rpath_tag:
      dynamic.rpath = split_path(text);
      break;
    case runpath_tag:
      dynamic.runpath = split_path(text);
      break;
    case filter_tag:
      dynamic.filters.push_back(std::move(text));
      break;
    case auxiliary_tag:
      dynamic.auxiliaries.push_back(std::move(text));
      break;
    default:
      break;
  }
}

}  // namespace

Result<Extent> dynamic_strings(const File& file, const Dynamic& dynamic) {
  if (dynamic.strings_size == 0) return Extent();
  const auto rest = Extent::from(file, dynamic.strings);
  if (!rest) return rest.error();
  return Extent::of(file, dynamic.strings, std::min(rest->size(), dynamic.strings_size));
}

Result<Dynamic> read_dynamic(const File& file) {
  const auto entries = read_entries(file);
  if (!entries) return entries.error();
  Dynamic dynamic;
  for (const auto& entry : *entries) take_number(dynamic, entry);
  // The table of strings may be named after the first entry that needs it.
  std::optional<Extent> strings;
  for (const auto& [tag, value] : *entries) {
    if (!holds_text(tag)) continue;
    if (!strings) {
      const auto table = dynamic_strings(file, dynamic);
      if (!table) return table.error();
      strings = *table;
    }
    auto text = strings->text_at(value);
    if (!text) return text.error();
    take_text(dynamic, tag, std::move(*text));
  }
  return dynamic;
}

}  // namespace preflight::elf
