// Path configuration files (*.pth) of a site-packages directory, as CPython's site module reads them.
#pragma once

#include <string_view>
#include <vector>

namespace preflight::python {

// The lines that add a directory to the import path, in order, views of the text. They may be
// relative to the directory of the file. Lines that Python would execute ("import ...") are passed over.
std::vector<std::string_view> parse_path_file(std::string_view text);

}  // namespace preflight::python
