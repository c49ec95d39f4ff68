#include "elf/symbol_uses.hpp"

#include <algorithm>

#include "elf/symbol_hash.hpp"

namespace preflight::elf {

namespace {

constexpr std::uint64_t kMostBytes = kLargestTable;
constexpr std::uint64_t kEntriesAtOnce = 4096;

enum class Form { rel, rela };

std::size_t entry_size(Width width, Form form) {
  const std::size_t word = width == Width::bits64 ? 8 : 4;
  return word * (form == Form::rela ? 3 : 2);
}

std::optional<Error> read_uses(const Extent& table, Form form, SymbolUse use, std::vector<SymbolUse>& uses) {
  const bool wide = table.layout().width == Width::bits64;
  const std::size_t size = entry_size(table.layout().width, form);
  if (table.size() > kMostBytes) return Error{ErrorKind::too_large, "too many relocations"};
  const std::uint64_t entries = table.size() / size;
  std::vector<std::byte> bytes;
  for (std::uint64_t index = 0; index < entries; index += kEntriesAtOnce) {
    bytes.resize(static_cast<std::size_t>(std::min(entries - index, kEntriesAtOnce)) * size);
    if (auto error = table.fill(index * size, bytes)) return error;
    Fields fields(bytes, table.layout());
    for (std::size_t at = 0; at < bytes.size(); at += size) {
      fields.word();  // where
      const std::uint64_t information = fields.word();
      if (form == Form::rela) fields.word();  // addend
      const std::uint64_t symbol = wide ? information >> 32U : information >> 8U;
      if (symbol >= kMostSymbols)
        return Error{ErrorKind::malformed, "a relocation with a symbol out of bounds"};
      if (symbol >= uses.size()) uses.resize(static_cast<std::size_t>(symbol) + 1, SymbolUse::none);
      auto& known = uses[static_cast<std::size_t>(symbol)];
      known = std::max(known, use);
    }
  }
  return std::nullopt;
}

}  // namespace

Result<std::vector<SymbolUse>> read_symbol_uses(const File& file, const Dynamic& dynamic) {
  std::vector<SymbolUse> uses;
  const auto& calls = dynamic.function_relocations;
  const auto read = [&](Dynamic::Relocations relocations, Form form, SymbolUse use) -> std::optional<Error> {
    // On some machines those of the calls are counted among the others, as the last ones.
    if (use == SymbolUse::data && calls.size != 0 && relocations.size >= calls.size &&
        relocations.address + relocations.size == calls.address + calls.size) {
      relocations.size -= calls.size;
    }
    const auto table = Extent::of(file, relocations.address, relocations.size);
    if (!table) return table.error();
    const std::uint64_t relative =
        std::min(relocations.relative_count, table->size()) * entry_size(file.layout().width, form);
    return read_uses(table->without_first(relative), form, use, uses);
  };
  if (auto error = read(dynamic.relocations, Form::rel, SymbolUse::data)) return std::move(*error);
  if (auto error = read(dynamic.relocations_with_addend, Form::rela, SymbolUse::data))
    return std::move(*error);
  const auto form = dynamic.function_relocations_addend ? Form::rela : Form::rel;
  if (auto error = read(calls, form, SymbolUse::call)) return std::move(*error);
  return uses;
}

}  // namespace preflight::elf
