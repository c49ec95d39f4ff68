// Dynamic symbols.
#pragma once

#include "elf/dynamic.hpp"

namespace preflight::elf {

struct Symbol {
  std::string name;
  std::uint64_t value = 0;  // virtual address
  std::uint64_t size = 0;   // bytes
  std::uint16_t section = 0;
  bool defined() const { return section != 0; }
};

// The first dynamic symbol of this name that the file defines; not_found when there is none. Reads the symbol
// table by its section header.
Result<Symbol> find_symbol(const File& file, std::string_view name);

// The first bytes of a function or object, `limit` of them or as many as the symbol has.
Result<std::vector<std::byte>> read_symbol(const File& file, const Symbol& symbol, std::size_t limit);

}  // namespace preflight::elf
