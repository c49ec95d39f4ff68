// The exact version of an interpreter from files that come with it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace preflight::python {

// PY_VERSION of CPython's include/pythonX.Y/patchlevel.h: "3.11.7", "3.13.0rc2".
std::optional<std::string> read_patchlevel(std::string_view text);

// Whether a text has the form of PY_VERSION in a series ("3.11"): "3.11.7", "3.13.0rc2", "3.12.0b1+".
bool is_interpreter_version(std::string_view text, std::string_view series);

// "3.11" of "python3.11", "python3.13t", "pypy3.10"; empty for other names.
std::string_view series_of_library(std::string_view name);

struct CondaPackage {
  std::string_view name;
  std::string_view version;
};

// The file name of a record in conda-meta: NAME-VERSION-BUILD.json. Neither version nor build holds a dash.
std::optional<CondaPackage> read_conda_record_name(std::string_view file);

}  // namespace preflight::python
