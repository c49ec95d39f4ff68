// The files of rules/signatures/, put into the binary at build time (cmake/embed.cmake).
#pragma once

#include <span>

#include "support/embedded_file.hpp"

namespace preflight::log {

std::span<const EmbeddedFile> embedded_files();

}  // namespace preflight::log
