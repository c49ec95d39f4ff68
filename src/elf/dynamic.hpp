// The dynamic section: what the loader is told.
#pragma once

#include "elf/extent.hpp"
#include "elf/file.hpp"

namespace preflight::elf {

struct Dynamic {
  std::string soname;  // empty when there is none
  std::vector<std::string> needed;
  std::vector<std::string> rpath;  // split at ":"; DT_RPATH, which the loader ignores where DT_RUNPATH is
  std::vector<std::string> runpath;
  std::vector<std::string> filters;      // DT_FILTER
  std::vector<std::string> auxiliaries;  // DT_AUXILIARY

  bool symbolic = false;   // the object's own symbols are looked up in itself first
  bool binds_now = false;  // functions are bound when the object is loaded, not at their first call
  bool no_default_directories = false;  // DF_1_NODEFLIB

  // Virtual addresses, sizes in bytes, and counts; 0 when the section doesn't name the table.
  std::uint64_t strings = 0;
  std::uint64_t strings_size = 0;
  std::uint64_t symbols = 0;
  std::uint64_t gnu_hash = 0;
  std::uint64_t sysv_hash = 0;
  std::uint64_t symbol_versions = 0;
  std::uint64_t version_definitions = 0;
  std::uint64_t version_needs = 0;

  struct Relocations {
    std::uint64_t address = 0;
    std::uint64_t size = 0;
    std::uint64_t relative_count = 0;  // the first ones, which name no symbol
  };
  Relocations relocations;                   // DT_REL
  Relocations relocations_with_addend;       // DT_RELA
  Relocations function_relocations;          // DT_JMPREL
  bool function_relocations_addend = false;  // whether these are of DT_RELA's form
};

// not_found when the file has no dynamic segment: static programs, object files, kernel modules.
Result<Dynamic> read_dynamic(const File& file);

// The dynamic string table; no bytes when the section names none.
Result<Extent> dynamic_strings(const File& file, const Dynamic& dynamic);

}  // namespace preflight::elf
