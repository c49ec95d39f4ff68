// What decides, beside the files of an environment, which Pythons there are and what they import: the
// variables, home and working directory of this process, or every home when files are at rest.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "probe/probe.hpp"
#include "probe/process_variables.hpp"

namespace preflight::probe::environments {

struct Surroundings {
  Variables variables;             // of this process; none at rest
  std::vector<std::string> homes;  // at rest /root and every directory of /home; the first is "the" home
  std::string working_directory;   // empty when it isn't known
  bool has_variables = false;      // false at rest and where /proc can't be read

  // Empty when it isn't set.
  std::string_view variable(std::string_view name) const;
};

Surroundings read_surroundings(const Context& context);

}  // namespace preflight::probe::environments
