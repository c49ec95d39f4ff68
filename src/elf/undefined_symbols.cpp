#include "elf/undefined_symbols.hpp"

#include <algorithm>

#include "elf/symbol_entries.hpp"
#include "elf/symbol_hash.hpp"
#include "elf/symbol_uses.hpp"

namespace preflight::elf {

namespace {

constexpr std::uint32_t kSymbolsAtOnce = 4096;

bool is_program(const File& file) {
  return file.header().type == FileType::executable ||
         std::ranges::count(file.segments(), kSegmentInterpreter, &Segment::type) != 0;
}

// How many symbols of the table have to be looked at: the file says nowhere how many there are.
Result<std::uint32_t> count_to_read(const File& file, const Dynamic& dynamic) {
  const auto hash = SymbolHash::open(file, dynamic);
  if (!hash) return hash.error();
  // Programs may have undefined functions in their hash table, whose address is that of their own stub. In
  // libraries what is undefined stands before the first symbol of a GNU table.
  if (!is_program(file)) {
    auto first = hash->first_hashed();
    if (!first || *first != 0) return first;
  }
  auto count = hash->symbol_count();
  if (!count || *count != 0) return count;
  // A file that defines nothing for others has an empty table. What its relocations don't name doesn't
  // matter.
  const auto uses = read_symbol_uses(file, dynamic);
  if (!uses) return uses.error();
  return static_cast<std::uint32_t>(uses->size());
}

}  // namespace

Result<std::vector<UndefinedSymbol>> undefined_symbols(const File& file, const Dynamic& dynamic) {
  const auto count = count_to_read(file, dynamic);
  if (!count) return count.error();
  if (*count > kMostSymbols) return Error{ErrorKind::too_large, "too many symbols"};
  const auto table = SymbolEntries::open(file, dynamic);
  if (!table) return table.error();

  std::vector<UndefinedSymbol> found;
  std::size_t text = 0;
  for (std::uint32_t from = 1; from < *count; from += kSymbolsAtOnce) {
    const auto entries = table->range(from, std::min(*count, from + kSymbolsAtOnce));
    if (!entries) return entries.error();
    for (std::uint32_t index = 0; index < entries->size(); ++index) {
      const auto& entry = (*entries)[index];
      if (entry.defined() || !entry.is_shared()) continue;
      UndefinedSymbol symbol;
      symbol.number = from + index;
      symbol.weak = entry.binding == SymbolBinding::weak;
      auto name = table->names().text_at(entry.name);
      if (!name) return name.error();
      symbol.name = std::move(*name);
      if (table->has_versions()) {
        const auto number = table->version_number(symbol.number);
        if (!number) return number.error();
        const auto& version = table->version(*number);
        symbol.version = version.name;
        symbol.version_library = version.library;
        symbol.version_is_hidden = version.hidden;
      }
      text += symbol.name.size() + symbol.version.size() + symbol.version_library.size();
      if (text > kLargestTable) return Error{ErrorKind::too_large, "too long names of symbols"};
      found.push_back(std::move(symbol));
    }
  }
  return found;
}

}  // namespace preflight::elf
