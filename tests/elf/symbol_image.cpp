#include "elf/symbol_image.hpp"

#include <algorithm>

#include "doubles/structure_writer.hpp"
#include "elf/symbol_hash.hpp"

namespace preflight::test {

namespace {

using elf::Layout;
using Symbols = std::vector<SymbolImage::Symbol>;

constexpr std::uint32_t kShift = 6;

std::string symbol_bytes(Layout layout, const Symbols& symbols, StringTable& strings) {
  StructureWriter out(layout);
  out.text(std::string(out.wide() ? 24 : 16, '\0'));
  for (const auto& symbol : symbols) {
    const std::uint64_t value = symbol.section == 0 ? 0 : symbol.value;
    const unsigned information = symbol.binding * 16U + symbol.type;
    out.u32(strings.add(symbol.name));
    if (!out.wide()) out.word(value).word(8);
    out.u8(information).u8(symbol.visibility).u16(symbol.section);
    if (out.wide()) out.word(value).word(8);
  }
  return out.bytes();
}

std::string version_bytes(Layout layout, const Symbols& symbols) {
  StructureWriter out(layout);
  out.u16(0);
  for (const auto& symbol : symbols) out.u16(symbol.version);
  return out.bytes();
}

std::string definition_bytes(Layout layout, const std::vector<SymbolImage::Definition>& definitions,
                             StringTable& strings) {
  StructureWriter out(layout);
  for (const auto& definition : definitions) {
    const bool last = &definition == &definitions.back();
    out.u16(1).u16(definition.flags).u16(definition.number).u16(1);
    out.u32(elf::sysv_hash(definition.name)).u32(20).u32(last ? 0 : 28);
    out.u32(strings.add(definition.name)).u32(0);
  }
  return out.bytes();
}

// A record of one version for each need.
std::string need_bytes(Layout layout, const std::vector<SymbolImage::Need>& needs, StringTable& strings) {
  StructureWriter out(layout);
  for (const auto& need : needs) {
    out.u16(1).u16(1).u32(strings.add(need.library)).u32(16).u32(&need == &needs.back() ? 0 : 32);
    out.u32(elf::sysv_hash(need.version)).u16(need.flags).u16(need.number).u32(strings.add(need.version));
    out.u32(0);
  }
  return out.bytes();
}

std::string gnu_hash_bytes(Layout layout, const Symbols& symbols, std::uint32_t first,
                           std::uint32_t buckets) {
  const unsigned bits = layout.width == elf::Width::bits64 ? 64 : 32;
  std::uint64_t filter = 0;
  std::vector<std::uint32_t> starts(buckets, 0);
  StructureWriter chains(layout);
  for (std::size_t number = first; number <= symbols.size(); ++number) {
    const std::uint32_t hash = elf::gnu_hash(symbols[number - 1].name);
    filter |= std::uint64_t{1} << (hash % bits) | std::uint64_t{1} << ((hash >> kShift) % bits);
    auto& start = starts[hash % buckets];
    if (start == 0) start = static_cast<std::uint32_t>(number);
    const bool last =
        number == symbols.size() || elf::gnu_hash(symbols[number].name) % buckets != hash % buckets;
    chains.u32((hash & ~1U) | (last ? 1U : 0U));
  }
  StructureWriter out(layout);
  out.u32(buckets).u32(first).u32(1).u32(kShift).word(filter);
  for (const auto start : starts) out.u32(start);
  return out.text(chains.bytes()).bytes();
}

std::string sysv_hash_bytes(Layout layout, const Symbols& symbols, std::uint32_t buckets) {
  std::vector<std::uint32_t> starts(buckets, 0);
  std::vector<std::uint32_t> chains(symbols.size() + 1, 0);
  // From the last on, so that each chain has the order of the table.
  for (std::size_t number = symbols.size(); number > 0; --number) {
    auto& start = starts[elf::sysv_hash(symbols[number - 1].name) % buckets];
    chains[number] = start;
    start = static_cast<std::uint32_t>(number);
  }
  StructureWriter out(layout);
  out.u32(buckets).u32(chains.size());
  for (const auto start : starts) out.u32(start);
  for (const auto next : chains) out.u32(next);
  return out.bytes();
}

std::string relocation_bytes(Layout layout, const std::vector<SymbolImage::Relocation>& relocations,
                             SymbolImage::Relocation::Kind kind) {
  StructureWriter out(layout);
  for (const auto& relocation : relocations) {
    if (relocation.kind != kind) continue;
    const std::uint64_t symbol = relocation.symbol;
    out.word(0).word(out.wide() ? symbol << 32U | 6U : symbol << 8U | 6U).word(0);
  }
  return out.bytes();
}

}  // namespace

SymbolImage::Built SymbolImage::build() const {
  using Kind = Relocation::Kind;
  Symbols sorted = symbols;
  const auto first_defined =
      std::ranges::find_if(sorted, [](const Symbol& symbol) { return symbol.section != 0; });
  if (hash == Hash::gnu) {
    std::ranges::stable_sort(first_defined, sorted.end(), {},
                             [this](const Symbol& symbol) { return elf::gnu_hash(symbol.name) % buckets; });
  }
  const auto first =
      first_hashed != 0 ? first_hashed : static_cast<std::uint32_t>(first_defined - sorted.begin() + 1);

  StringTable strings;
  StructureWriter content(layout);
  const std::size_t start = content.wide() ? 64 + 2 * 56 : 52 + 2 * 32;
  StructureWriter dynamic(layout);
  Built built;
  const auto place = [&](const std::string& name, std::uint64_t tag, const std::string& bytes) {
    content.pad(8);
    const std::size_t at = start + content.bytes().size();
    built.places[name] = at;
    dynamic.word(tag).word(at);
    content.text(bytes);
  };
  const auto place_sized = [&](const std::string& name, std::uint64_t tag, std::uint64_t size_tag,
                               const std::string& bytes) {
    place(name, tag, bytes);
    dynamic.word(size_tag).word(bytes.size());
  };
  place("symbols", 6, symbol_bytes(layout, sorted, strings));
  if (hash == Hash::gnu) place("hash", 0x6ffffef5, gnu_hash_bytes(layout, sorted, first, buckets));
  if (hash == Hash::sysv) place("hash", 4, sysv_hash_bytes(layout, sorted, buckets));
  place("versions", 0x6ffffff0, version_bytes(layout, sorted));
  if (!definitions.empty()) {
    place("definitions", 0x6ffffffc, definition_bytes(layout, definitions, strings));
  }
  if (!needs.empty()) place("needs", 0x6ffffffe, need_bytes(layout, needs, strings));
  if (!relocations.empty()) {
    const auto relative = relocation_bytes(layout, relocations, Kind::relative);
    place_sized("relocations", 7, 8, relative + relocation_bytes(layout, relocations, Kind::data));
    dynamic.word(0x6ffffff9)
        .word(static_cast<std::uint64_t>(std::ranges::count(relocations, Kind::relative, &Relocation::kind)));
    place_sized("calls", 23, 2, relocation_bytes(layout, relocations, Kind::call));
    dynamic.word(20).word(7);
  }
  place_sized("strings", 5, 10, strings.bytes());
  dynamic.word(0).word(0);
  content.pad(8);
  const std::size_t dynamic_at = start + content.bytes().size();
  built.places["dynamic"] = dynamic_at;
  content.text(dynamic.bytes());

  StructureWriter out(layout);
  out.text(
         "\x7f"
         "ELF")
      .u8(out.wide() ? 2 : 1)
      .u8(layout.order == elf::ByteOrder::little ? 1 : 2)
      .u8(1)
      .pad(16);
  out.u16(type).u16(62).u32(1).word(0).word(out.wide() ? 64 : 52).word(0).u32(0);
  out.u16(out.wide() ? 64 : 52).u16(out.wide() ? 56 : 32).u16(2).u16(0).u16(0).u16(0);
  const auto segment = [&](std::uint32_t kind, std::uint64_t offset, std::uint64_t size) {
    out.u32(kind);
    if (out.wide()) out.u32(6);
    out.word(offset).word(offset).word(offset).word(size).word(size);
    if (!out.wide()) out.u32(6);
    out.word(8);
  };
  segment(1, 0, start + content.bytes().size());
  segment(2, dynamic_at, dynamic.bytes().size());
  built.bytes = out.text(content.bytes()).bytes();
  return built;
}

}  // namespace preflight::test
