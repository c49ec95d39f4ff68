// libFuzzer: arbitrary bytes as an ELF file, as a loader cache, and as the name of a symbol.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "elf/contents.hpp"
#include "elf/demangle.hpp"
#include "elf/loader_cache.hpp"
#include "elf/notes.hpp"
#include "elf/symbol_table.hpp"
#include "elf/symbol_uses.hpp"
#include "elf/undefined_symbols.hpp"
#include "elf/versions.hpp"
#include "support/paged_source.hpp"

namespace elf = preflight::elf;

namespace {

void read_symbols(const elf::File& file, const elf::Dynamic& dynamic) {
  (void)elf::defined_versions(file, dynamic);
  (void)elf::needed_versions(file, dynamic);
  (void)elf::read_symbol_uses(file, dynamic);
  const auto undefined = elf::undefined_symbols(file, dynamic);
  const auto table = elf::SymbolTable::open(file, dynamic);
  if (!table) return;
  if (const auto symbol = table->find(elf::WantedSymbol("f")); symbol && *symbol) {
    (void)elf::read_symbol(file, **symbol, 64);
  }
  if (!undefined) return;
  for (const auto& symbol : *undefined) {
    (void)table->find(elf::WantedSymbol(symbol));
    (void)elf::demangle(symbol.name);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)elf::parse_loader_cache(text);
  (void)elf::demangle(text);
  (void)elf::mentions_old_abi_string(text);
  const preflight::PagedSource source(
      std::make_unique<preflight::BufferSource>(std::as_bytes(std::span(data, size))));
  const auto file = elf::File::open(source);
  if (!file) return 0;
  if (const auto sections = file->sections()) {
    for (const auto& section : *sections) {
      (void)elf::find_text(*file, section, "1", 1U << 16U, [](std::string_view) { return false; });
    }
  }
  (void)elf::requests_executable_stack(*file);
  (void)elf::segment_notes(*file);
  (void)elf::section_notes(*file, ".note");
  if (const auto dynamic = elf::read_dynamic(*file)) read_symbols(*file, *dynamic);
  return 0;
}
