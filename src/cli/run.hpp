#pragma once

#include <string>
#include <vector>

#include "cli/console.hpp"

namespace preflight::cli {

// The whole program: parses the arguments (without the program's name), does what they say and returns the
// exit status. Does not return when the verb `run` started its command. Exceptions mean a defect.
int run(std::vector<std::string> arguments, Console& console);

}  // namespace preflight::cli
