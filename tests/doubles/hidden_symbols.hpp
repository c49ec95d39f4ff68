// A copy of a shared library that lacks some of its symbols, as an older release of it would.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace preflight {

// Renames the symbols in the copy's table of names, so that the loader doesn't find them. Throws
// std::runtime_error when the library has no such symbol or can't be copied.
void copy_without_symbols(const std::filesystem::path& library, const std::filesystem::path& copy,
                          const std::vector<std::string>& symbols);

}  // namespace preflight
