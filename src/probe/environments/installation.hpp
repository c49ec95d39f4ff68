// One Python as it would find itself: the rules of CPython's getpath, followed without running it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "python/pyvenv_config.hpp"
#include "target/file_tree.hpp"

namespace preflight::probe::environments {

struct Installation {
  std::string prefix;  // sys.prefix, links resolved
  std::string
      base_prefix;  // sys.base_prefix; differs from the prefix in a virtual environment; may be empty there
  std::string executable;       // as it is called; empty in a directory of packages (pip install --target)
  std::string real_executable;  // links resolved; empty when they dangle
  std::string library;  // name of the library directory: "python3.11", "python3.13t", "pypy3.10", or empty
  std::optional<python::PyvenvConfig> venv = {};
};

// The Python that runs when this file is executed. not_found and malformed for what is no Python.
Result<Installation> find_by_executable(const target::FileTree& files, std::string_view executable);

// The Python of a prefix, or of a directory that holds installed packages and no Python.
Result<Installation> find_by_prefix(const target::FileTree& files, std::string_view prefix);

// Whether a file name is one that an interpreter has: python, python3, python3.11, python3.13t, pypy3.
bool is_interpreter_name(std::string_view name);

// "lib" directories of a prefix in the order in which Python's site module takes them.
inline constexpr std::string_view kLibraryFolders[] = {"lib64", "lib"};

}  // namespace preflight::probe::environments
