// The table of dynamic symbols, entry by entry.
#pragma once

#include "elf/versions.hpp"

namespace preflight::elf {

enum class SymbolBinding : std::uint8_t { local = 0, global = 1, weak = 2, unique = 10 };
enum class SymbolVisibility : std::uint8_t { standard = 0, internal = 1, hidden = 2, protect = 3 };

struct SymbolEntry {
  std::uint32_t name = 0;   // where it stands in the table of strings
  std::uint64_t value = 0;  // virtual address
  std::uint64_t size = 0;   // bytes
  std::uint16_t section = 0;
  std::uint8_t type = 0;
  SymbolBinding binding{};
  SymbolVisibility visibility{};

  bool defined() const { return section != 0; }
  // Whether the loader looks for it, or offers it, outside of its own file.
  bool is_shared() const;
};

// The number that the table of symbol versions holds for a symbol.
struct VersionNumber {
  std::uint16_t number = 0;
  bool hidden = false;  // only those who ask for this version get the symbol
};

class SymbolEntries {
 public:
  // A table without entries when the dynamic section names none. Only the file's source must outlive this.
  static Result<SymbolEntries> open(const File& file, const Dynamic& dynamic);

  Result<SymbolEntry> at(std::uint32_t number) const;

  // The entries [from, to).
  Result<std::vector<SymbolEntry>> range(std::uint32_t from, std::uint32_t to) const;

  const Extent& names() const { return names_; }

  // Without versions the loader takes every symbol of the right name.
  bool has_versions() const { return !versions_.empty(); }
  Result<VersionNumber> version_number(std::uint32_t symbol) const;

  // What the number stands for; one that nothing in the file explains stands for no version.
  const SymbolVersion& version(VersionNumber number) const;

 private:
  Extent entries_;
  Extent names_;
  Extent version_numbers_;
  std::vector<SymbolVersion> versions_;
};

}  // namespace preflight::elf
