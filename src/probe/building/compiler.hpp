// Which C or C++ compiler a program is, and whether it is whole: from its file and the directories beside it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "support/result.hpp"
#include "target/file_tree.hpp"

namespace preflight::probe::building {

struct Compiler {
  std::string_view kind;  // gcc or clang
  // not_found when neither the file nor a directory of the compiler's own tells it.
  Result<std::string> version;
  // Where the compiler's own headers (stddef.h and others) are; not_found when they are missing.
  Result<std::string> headers;
};

// The compiler behind a path, links followed; nothing for wrappers (ccache, scripts) and other programs.
std::optional<Compiler> identify_compiler(const target::FileTree& files, std::string_view program);

// Whether a text of gcc's constants is its version: "12.2.0", "11.5.0 20240719 (Red Hat 11.5.0-2)".
std::string_view version_of_constant(std::string_view text);

}  // namespace preflight::probe::building
