// Where a symbol that nothing defines ought to have come from, told by its name.
#pragma once

#include <string_view>

namespace preflight::probe::compiled_code {

enum class SymbolOrigin { torch, cuda, driver, python, cxx, other };
std::string_view to_text(SymbolOrigin origin);

// `version` is the symbol version that it was linked with; empty without.
SymbolOrigin origin_of(std::string_view symbol, std::string_view version);

// Whether the name is one of the CUDA Driver API or of NVML.
bool is_driver_function(std::string_view symbol);

}  // namespace preflight::probe::compiled_code
