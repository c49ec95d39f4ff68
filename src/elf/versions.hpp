// Versions of symbols (GNU symbol versioning, which the Linux Standard Base describes): GLIBC_2.34,
// GLIBCXX_3.4.30. Chains of records are followed as the dynamic loader follows them, to the record that names
// no next one; the counts of the dynamic section are not used.
#pragma once

#include <optional>

#include "elf/dynamic.hpp"

namespace preflight::elf {

// Names of the symbol versions that the file defines: GLIBCXX_3.4.30, CXXABI_1.3.13.
Result<std::vector<std::string>> defined_versions(const File& file, const Dynamic& dynamic);

// Symbol versions that the file needs, each with the SONAME that it expects them from.
struct NeededVersion {
  std::string library;
  std::string version;
  bool weak = false;  // the loader does without it
  friend bool operator==(const NeededVersion&, const NeededVersion&) = default;
};
Result<std::vector<NeededVersion>> needed_versions(const File& file, const Dynamic& dynamic);

// Of the versions that a file needs of `library`, those for whose lack the loader refuses the file, when the
// object that serves this name defines `defined`. An object that defines no versions at all serves every
// need.
std::vector<std::string> missing_versions(const std::vector<NeededVersion>& needs, std::string_view library,
                                          const std::vector<std::string>& defined);

// Of the names "PREFIX1.2.3", the highest "1.2.3"; names such as GLIBC_PRIVATE are passed over.
std::optional<std::string> highest_version(const std::vector<std::string>& names, std::string_view prefix);

// What a number in the table of symbol versions stands for. The versions that a file defines and those that
// it needs share one row of numbers.
struct SymbolVersion {
  std::string name;     // empty for the local, the global and the base version
  std::string library;  // that it is needed from; empty for the file's own
  bool hidden = false;  // of a need: only a symbol of this very version will do
};

// By number. Empty when the file neither defines nor needs versions: then the loader doesn't look at the
// table of symbol versions.
Result<std::vector<SymbolVersion>> numbered_versions(const File& file, const Dynamic& dynamic);

}  // namespace preflight::elf
