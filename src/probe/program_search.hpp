// Finding programs by PATH, in a target's file tree.
#pragma once

#include <string>
#include <string_view>

#include "probe/probe.hpp"

namespace preflight::probe {

struct SearchPath {
  std::string directories;  // separated by ":"
  std::string source;       // what says so
};

// PATH of the process under check; the usual default where there is none, as for files at rest.
Result<SearchPath> search_path(const Context& context);

// The first regular file of this name with an executable bit; not_found when there is none. Directories that
// are not absolute are passed over; one that may not be searched is an error when nothing is found.
Result<std::string> find_program(const target::FileTree& files, std::string_view directories,
                                 std::string_view name);

}  // namespace preflight::probe
