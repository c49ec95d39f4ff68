// Which C library a file is, and its version, from inside the file.
#pragma once

#include <string>
#include <string_view>

#include "elf/file.hpp"

namespace preflight::probe {

// The version in the banner of GNU libc's .rodata ("GNU C Library ... release version 2.36."); where the
// sections are stripped, the highest GLIBC_x.y that it defines. not_found when the file is no GNU libc.
Result<std::string> glibc_version(const elf::File& file);

// The version of musl: a text of three numbers in .rodata of a file that also names "musl libc".
Result<std::string> musl_version(const elf::File& file);

// The version in GNU libc's banner; empty when it has none.
std::string_view version_in_banner(std::string_view banner);

}  // namespace preflight::probe
