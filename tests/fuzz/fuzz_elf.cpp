// libFuzzer: arbitrary bytes as an ELF file, and as a loader cache.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "elf/contents.hpp"
#include "elf/versions.hpp"
#include "elf/loader_cache.hpp"
#include "elf/notes.hpp"
#include "elf/symbol_table.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace elf = preflight::elf;
  const std::span<const std::uint8_t> bytes(data, size);
  (void)elf::parse_loader_cache({reinterpret_cast<const char*>(data), size});
  const preflight::BufferSource source(std::as_bytes(bytes));
  const auto file = elf::File::open(source);
  if (!file) return 0;
  if (const auto sections = file->sections()) {
    for (const auto& section : *sections) {
      (void)elf::find_text(*file, section, "1", 1U << 16U, [](std::string_view) { return false; });
    }
  }
  (void)elf::segment_notes(*file);
  (void)elf::section_notes(*file, ".note");
  if (const auto symbol = elf::find_symbol(*file, "f")) (void)elf::read_symbol(*file, *symbol, 64);
  if (const auto dynamic = elf::read_dynamic(*file)) {
    (void)elf::defined_versions(*file, *dynamic);
    (void)elf::needed_versions(*file, *dynamic);
  }
  return 0;
}
