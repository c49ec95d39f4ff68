#include "elf/symbol_entries.hpp"

#include <array>

namespace preflight::elf {

namespace {

constexpr std::size_t kLargestEntry = 24;
constexpr std::uint16_t kHiddenVersion = 0x8000;

std::size_t entry_size(const Layout& layout) {
  return layout.width == Width::bits64 ? kLargestEntry : 16;
}

SymbolEntry read_entry(Fields& fields, Width width) {
  SymbolEntry entry;
  entry.name = fields.u32();
  if (width == Width::bits32) {
    entry.value = fields.u32();
    entry.size = fields.u32();
  }
  const unsigned information = fields.u8();
  entry.binding = SymbolBinding(information >> 4U);
  entry.type = information & 0xfU;
  entry.visibility = SymbolVisibility(fields.u8() & 3U);
  entry.section = fields.u16();
  if (width == Width::bits64) {
    entry.value = fields.u64();
    entry.size = fields.u64();
  }
  return entry;
}

}  // namespace

bool SymbolEntry::is_shared() const {
  return (binding == SymbolBinding::global || binding == SymbolBinding::weak ||
          binding == SymbolBinding::unique) &&
         visibility != SymbolVisibility::internal && visibility != SymbolVisibility::hidden;
}

Result<SymbolEntries> SymbolEntries::open(const File& file, const Dynamic& dynamic) {
  SymbolEntries table;
  if (dynamic.symbols == 0) return table;
  const auto entries = Extent::from(file, dynamic.symbols);
  if (!entries) return entries.error();
  table.entries_ = *entries;
  const auto names = dynamic_strings(file, dynamic);
  if (!names) return names.error();
  table.names_ = *names;
  if (dynamic.symbol_versions == 0) return table;
  const auto numbers = Extent::from(file, dynamic.symbol_versions);
  if (!numbers) return numbers.error();
  table.version_numbers_ = *numbers;
  auto versions = numbered_versions(file, dynamic);
  if (!versions) return versions.error();
  table.versions_ = std::move(*versions);
  return table;
}

Result<SymbolEntry> SymbolEntries::at(std::uint32_t number) const {
  std::array<std::byte, kLargestEntry> bytes{};
  const std::size_t size = entry_size(entries_.layout());
  if (auto error = entries_.fill(std::uint64_t{number} * size, std::span(bytes).first(size))) {
    return std::move(*error);
  }
  Fields fields(bytes, entries_.layout());
  return read_entry(fields, entries_.layout().width);
}

Result<std::vector<SymbolEntry>> SymbolEntries::range(std::uint32_t from, std::uint32_t to) const {
  std::vector<SymbolEntry> found;
  if (from >= to) return found;
  const std::uint64_t size = entry_size(entries_.layout());
  if (to > entries_.size() / size) return Error{ErrorKind::malformed, "symbols outside of their table"};
  std::vector<std::byte> bytes(static_cast<std::size_t>((to - from) * size));
  if (auto error = entries_.fill(from * size, bytes)) return std::move(*error);
  Fields fields(bytes, entries_.layout());
  found.reserve(to - from);
  for (std::uint32_t number = from; number < to; ++number) {
    found.push_back(read_entry(fields, entries_.layout().width));
  }
  return found;
}

Result<VersionNumber> SymbolEntries::version_number(std::uint32_t symbol) const {
  const auto number = version_numbers_.u16_at(std::uint64_t{symbol} * 2);
  if (!number) return number.error();
  return VersionNumber{static_cast<std::uint16_t>(*number & ~unsigned{kHiddenVersion}),
                       (*number & kHiddenVersion) != 0};
}

const SymbolVersion& SymbolEntries::version(VersionNumber number) const {
  static const SymbolVersion kNone;
  return number.number < versions_.size() ? versions_[number.number] : kNone;
}

}  // namespace preflight::elf
