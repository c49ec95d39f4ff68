// What a file lacks.
#pragma once

#include "elf/versions.hpp"

namespace preflight::elf {

struct UndefinedSymbol {
  std::string name;
  std::string version;             // empty: any
  std::string version_library;     // the SONAME that the version is expected from
  bool version_is_hidden = false;  // only a symbol of this very version will do
  bool weak = false;               // the loader does without it
  std::uint32_t number = 0;        // in the table of symbols: the place in the result of read_symbol_uses
};

// Every symbol that the loader looks up elsewhere where something in the file refers to it, in the order of
// the table. A symbol to which no relocation refers (read_symbol_uses) may be missing without harm.
Result<std::vector<UndefinedSymbol>> undefined_symbols(const File& file, const Dynamic& dynamic);

}  // namespace preflight::elf
