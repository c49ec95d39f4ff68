// Patterns of file names, as Python's glob module has them.
#pragma once

#include <string_view>

namespace preflight::python {

// Whether the whole name matches: `*` stands for any characters, `[0-9]` for one of a range, `[ab]` for one
// of a list; every other character, and a `[` without its `]`, for itself.
bool matches_file_pattern(std::string_view pattern, std::string_view name);

}  // namespace preflight::python
