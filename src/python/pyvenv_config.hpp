// pyvenv.cfg of a virtual environment (PEP 405), as CPython's getpath and site modules read it.
#pragma once

#include <string>
#include <string_view>

namespace preflight::python {

struct PyvenvConfig {
  std::string home;     // directory of the interpreter that the environment was made from
  std::string version;  // of that interpreter on that day: an environment outlives upgrades
  bool system_site_packages = false;
  bool made_by_uv = false;
};

// Lines "key = value" in any order; everything else is passed over, as Python does.
PyvenvConfig parse_pyvenv_config(std::string_view text);

}  // namespace preflight::python
