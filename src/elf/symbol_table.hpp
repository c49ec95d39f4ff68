// The symbols that a file offers to others, found as the dynamic loader of glibc finds them
// (elf/dl-lookup.c). Section headers are not needed.
#pragma once

#include "elf/symbol_entries.hpp"
#include "elf/symbol_hash.hpp"
#include "elf/undefined_symbols.hpp"

namespace preflight::elf {

// A symbol that is looked for, in any number of tables. The caller keeps the texts alive.
struct WantedSymbol {
  explicit WantedSymbol(std::string_view symbol) : name(symbol), hash(gnu_hash(symbol)) {}
  explicit WantedSymbol(const UndefinedSymbol& symbol)
      : name(symbol.name),
        version(symbol.version),
        version_is_hidden(symbol.version_is_hidden),
        hash(gnu_hash(symbol.name)) {}

  std::string_view name;
  std::string_view version = {};   // empty: any
  bool version_is_hidden = false;  // only a symbol of this very version will do
  std::uint32_t hash = 0;
};

struct Symbol {
  std::uint64_t value = 0;  // virtual address
  std::uint64_t size = 0;   // bytes
  SymbolBinding binding = SymbolBinding::global;
};

class SymbolTable {
 public:
  // Reads the names of the versions and the filter of the hash table. Only the file's source must outlive the
  // table; one that keeps what was read (PagedSource) makes many look-ups fast.
  static Result<SymbolTable> open(const File& file, const Dynamic& dynamic);

  // The definition that the loader takes when it looks for the symbol in this file, if it takes one. Weak
  // definitions are as good as others. Bounded in time, whatever the file holds.
  Result<std::optional<Symbol>> find(const WantedSymbol& wanted) const;

 private:
  SymbolEntries entries_;
  SymbolHash hash_;
};

// The symbol of this name that the file offers; not_found when there is none.
Result<Symbol> find_symbol(const File& file, std::string_view name);

// The first bytes of a function or object, `limit` of them or as many as the symbol has.
Result<std::vector<std::byte>> read_symbol(const File& file, const Symbol& symbol, std::size_t limit);

}  // namespace preflight::elf
