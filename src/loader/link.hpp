// Whether what is loaded together links: symbols and symbol versions, as ld.so binds them at once (RTLD_NOW,
// which Python uses for all that it opens). Followed: dl-lookup.c and dl-version.c of glibc.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "elf/symbol_table.hpp"
#include "loader/process.hpp"

namespace preflight::loader {

// A symbol that an object needs and nothing in its scope defines.
struct UndefinedReference {
  ObjectIndex object = 0;
  std::string symbol;
  std::string version;  // empty when it was linked without
};

// A symbol version that an object needs and the library that should define it lacks.
struct MissingVersion {
  ObjectIndex object = 0;
  std::string version;
  std::string library;  // path of that library
};

struct Links {
  std::vector<UndefinedReference> undefined;
  std::vector<MissingVersion> versions;
};

// Keeps what it has read of the images that it has seen; they must outlive it.
class Linker {
 public:
  // What of an object can't be bound in its scope. References that are weak, and those that nothing in the
  // object uses, may stay unbound. Errors: those of the ELF reader for the object itself; a library of its
  // scope that can't be read defines nothing. too_large when more is looked up than any process needs.
  Result<Links> check(const Process& process, ObjectIndex object);

  // The symbols that an image needs from others.
  const Result<std::vector<elf::UndefinedSymbol>>& needed(const Image& image);

 private:
  const elf::SymbolTable* table_of(const Image& image);
  const std::vector<std::string>& versions_of(const Image& image);
  void check_versions(const Process& process, ObjectIndex object,
                      const std::vector<elf::NeededVersion>& needs, Links& links);

  std::map<const Image*, Result<elf::SymbolTable>> tables_;
  std::map<const Image*, Result<std::vector<elf::UndefinedSymbol>>> needed_;
  std::map<const Image*, std::vector<std::string>> versions_;
  std::uint64_t lookups_ = 0;
};

}  // namespace preflight::loader
