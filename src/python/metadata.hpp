// Core metadata of an installed distribution: METADATA of a dist-info directory, PKG-INFO and requires.txt of
// an egg-info directory.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace preflight::python {

// Values as written, made valid UTF-8; empty where the file doesn't state them.
struct Metadata {
  std::string name;
  std::string version;
  std::string requires_python;
  std::vector<std::string> requires_dist;
  std::vector<std::string> provides_extra;
};

// Reads the headers before the first line that is none, an empty line as a rule. Takes any text; of a header
// that may stand only once the first counts.
Metadata parse_metadata(std::string_view text);

// Adds what requires.txt states to metadata that names no requirements (no extras) itself, as pip does:
// "[test:python_version < '3.9']" over "mock" becomes `mock ; (python_version < '3.9') and extra == "test"`.
void add_requires_txt(std::string_view text, Metadata& metadata);

}  // namespace preflight::python
