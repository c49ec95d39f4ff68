// The libraries of one environment as a tree: each stands below the file that asks for it first.
#pragma once

#include <string>

#include "report/layout.hpp"
#include "report/load_map.hpp"
#include "report/load_map_parts.hpp"

namespace preflight::report {

// Each library once, whatever the facts say of who needs it: circles and files that aren't there included.
// Where a library is left out, those below it move up.
std::string load_tree_text(const Subjects& libraries, const facts::Subject& environment, const Style& style,
                           Libraries shown);

}  // namespace preflight::report
