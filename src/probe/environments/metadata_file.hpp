#pragma once

#include <string>
#include <string_view>

#include "target/file_tree.hpp"

namespace preflight::probe::environments {

// The header block of a METADATA or PKG-INFO file: everything before the first empty line. Read in steps, so
// that what follows it (a README of any size) costs nothing; too_large over 1 MiB.
Result<std::string> read_header_block(const target::FileTree& files, std::string_view path);

}  // namespace preflight::probe::environments
