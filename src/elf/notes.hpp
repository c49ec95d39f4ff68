// Notes: named pieces of data that tools and vendors put into a file.
#pragma once

#include "elf/file.hpp"

namespace preflight::elf {

struct Note {
  std::string name;  // of its owner: "GNU"
  std::uint32_t type = 0;
  std::vector<std::byte> description;
};

// The notes of a section (such as ".note.gnu.build-id"); not_found when there is no section of this name.
Result<std::vector<Note>> section_notes(const File& file, std::string_view section);

// The notes of the segments that the loader maps.
Result<std::vector<Note>> segment_notes(const File& file);

}  // namespace preflight::elf
