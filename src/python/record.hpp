// RECORD of an installed distribution (PEP 376, PEP 627): CSV, one installed file a line.
#pragma once

#include <functional>
#include <string_view>

namespace preflight::python {

// Calls `accept` with the path of every file, as written: relative to the directory that holds the dist-info
// directory, or absolute. Takes any text in one pass; a path points into the text unless it holds a doubled
// quote.
void for_each_recorded_path(std::string_view text, const std::function<void(std::string_view path)>& accept);

// Whether a file of this name is a shared object: "_C.cpython-311-x86_64-linux-gnu.so", "libfoo.so.1.2".
bool is_shared_object_name(std::string_view name);

}  // namespace preflight::python
