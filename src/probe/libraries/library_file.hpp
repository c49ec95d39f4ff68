// One library file: what it is and what it says of itself.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "probe/libraries/known.hpp"
#include "probe/libraries/version.hpp"
#include "target/file_tree.hpp"

namespace preflight::probe::libraries {

enum class Kind { driver, stub, compat, toolkit, system, python };
std::string_view to_text(Kind kind);

// What NVIDIA puts into the libcuda of its forward compatibility packages, as JSON in an ELF note.
struct CompatNote {
  std::string cuda;                           // "13.1"
  std::vector<std::int64_t> driver_branches;  // 535, 550, ...
};

struct LibraryFile {
  std::string path;  // links resolved
  const KnownLibrary* library = nullptr;
  Kind kind = Kind::system;
  std::string soname;  // empty when it has none
  Result<FoundVersion> version = Error{};
  std::optional<Result<CompatNote>> compat = {};  // empty when there is no such note
};

// Reads a file whose name is one of a known library. unsupported for a 32-bit file, which 64-bit programs
// don't load; otherwise the errors of the ELF reader.
Result<LibraryFile> read_library(const target::FileTree& files, std::string_view path);

// The text of the note.
Result<CompatNote> parse_compat_note(std::string_view json);

}  // namespace preflight::probe::libraries
