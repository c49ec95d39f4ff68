#include "elf/symbols.hpp"

#include <algorithm>
#include <cstring>

namespace preflight::elf {

namespace {

// Whether the NUL-terminated text at an offset of the table is `name`.
bool names_it(std::span<const std::byte> table, std::uint64_t offset, std::string_view name) {
  if (offset >= table.size() || table.size() - offset <= name.size()) return false;
  const auto text = table.subspan(static_cast<std::size_t>(offset), name.size() + 1);
  return text.back() == std::byte{0} && std::memcmp(text.data(), name.data(), name.size()) == 0;
}

struct RawSymbol {
  std::uint32_t name = 0;
  Symbol symbol;
};

RawSymbol read_raw_symbol(Fields fields, Layout layout) {
  RawSymbol raw;
  raw.name = fields.u32();
  if (layout.width == Width::bits64) {
    fields.u16();  // information and visibility
    raw.symbol.section = fields.u16();
    raw.symbol.value = fields.u64();
    raw.symbol.size = fields.u64();
  } else {
    raw.symbol.value = fields.u32();
    raw.symbol.size = fields.u32();
    fields.u16();
    raw.symbol.section = fields.u16();
  }
  return raw;
}

}  // namespace

Result<Symbol> find_symbol(const File& file, std::string_view name) {
  const auto sections = file.sections();
  if (!sections) return sections.error();
  const auto table = std::ranges::find(*sections, kSectionDynamicSymbols, &Section::type);
  if (table == sections->end()) return Error{ErrorKind::not_found, "no section of dynamic symbols"};
  if (table->link >= sections->size()) {
    return Error{ErrorKind::malformed, "symbol names outside of the section table"};
  }
  const auto& names_section = (*sections)[table->link];
  const auto symbols = file.read(table->offset, table->size);
  if (!symbols) return symbols.error();
  const auto names = file.read(names_section.offset, names_section.size);
  if (!names) return names.error();

  const std::size_t size = file.layout().width == Width::bits64 ? 24 : 16;
  for (std::size_t index = 0; index < symbols->size() / size; ++index) {
    const std::span<const std::byte> entry = std::span(*symbols).subspan(index * size, size);
    auto raw = read_raw_symbol({entry, file.layout()}, file.layout());
    if (!raw.symbol.defined() || !names_it(*names, raw.name, name)) continue;
    raw.symbol.name = name;
    return std::move(raw.symbol);
  }
  return Error{ErrorKind::not_found, "no symbol " + std::string(name)};
}

Result<std::vector<std::byte>> read_symbol(const File& file, const Symbol& symbol, std::size_t limit) {
  return file.read_address(symbol.value, std::min<std::uint64_t>(symbol.size, limit));
}

}  // namespace preflight::elf
