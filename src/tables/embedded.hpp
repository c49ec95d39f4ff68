// The files of rules/tables/, put into the binary at build time (cmake/embed.cmake).
#pragma once

#include <span>

#include "support/embedded_file.hpp"

namespace preflight::tables {

std::span<const EmbeddedFile> embedded_files();

}  // namespace preflight::tables
