// Looking for text in a section.
#pragma once

#include <functional>

#include "elf/file.hpp"

namespace preflight::elf {

// Calls `accept` with every text of the section that begins with `prefix` (from there up to a NUL, of at most
// kLongestText bytes), in order, until it returns true: then true. False when nothing was accepted in the
// first `limit` bytes of the section.
Result<bool> find_text(const File& file, const Section& section, std::string_view prefix, std::uint64_t limit,
                       const std::function<bool(std::string_view)>& accept);

}  // namespace preflight::elf
