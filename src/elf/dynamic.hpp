// The dynamic section: what the loader is told.
#pragma once

#include <optional>

#include "elf/file.hpp"

namespace preflight::elf {

struct Dynamic {
  std::string soname;  // empty when there is none
  std::vector<std::string> needed;
  std::vector<std::string> rpath;  // split at ":"; DT_RPATH, which the loader ignores where DT_RUNPATH is
  std::vector<std::string> runpath;

  // Virtual addresses; 0 when the section doesn't name the table.
  std::uint64_t strings = 0;
  std::uint64_t strings_size = 0;
  std::uint64_t version_definitions = 0;
  std::uint64_t version_definition_count = 0;
  std::uint64_t version_needs = 0;
  std::uint64_t version_need_count = 0;
};

// not_found when the file has no dynamic segment: static programs, object files, kernel modules.
Result<Dynamic> read_dynamic(const File& file);

// A string of the dynamic string table.
Result<std::string> dynamic_text(const File& file, const Dynamic& dynamic, std::uint64_t offset);

// Names of the symbol versions that the file defines (GNU symbol versioning): GLIBCXX_3.4.30, CXXABI_1.3.13.
Result<std::vector<std::string>> defined_versions(const File& file, const Dynamic& dynamic);

// Symbol versions that the file needs, each with the SONAME that it expects them from.
struct NeededVersion {
  std::string library;
  std::string version;
  friend bool operator==(const NeededVersion&, const NeededVersion&) = default;
};
Result<std::vector<NeededVersion>> needed_versions(const File& file, const Dynamic& dynamic);

// Of the names "PREFIX1.2.3", the highest "1.2.3"; names such as GLIBC_PRIVATE are passed over.
std::optional<std::string> highest_version(const std::vector<std::string>& names, std::string_view prefix);

}  // namespace preflight::elf
