// What the loader looks symbols up for.
#pragma once

#include "elf/dynamic.hpp"

namespace preflight::elf {

enum class SymbolUse {
  none,  // nothing refers to it: the loader never looks it up
  call,  // only calls of a function do: looked up when the object is loaded, or (lazy binding) when first
         // called
  data   // looked up when the object is loaded
};

// By the number of the dynamic symbol, read from the relocations; numbers beyond the end are not used.
// Relative relocations, most of a library's, are not read.
Result<std::vector<SymbolUse>> read_symbol_uses(const File& file, const Dynamic& dynamic);

}  // namespace preflight::elf
