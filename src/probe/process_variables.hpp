// The environment variables of the process under check.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "support/result.hpp"
#include "target/file_tree.hpp"

namespace preflight::probe {

using Variables = std::map<std::string, std::string, std::less<>>;

// Where they are read.
constexpr std::string_view kVariablesPath = "/proc/self/environ";

// Every variable as it stands, for probes that follow PATH, HOME and the like. Never recorded: what may be is
// in facts/recorded_variables.hpp. not_found where no process is shown: the tree is at rest.
Result<Variables> process_variables(const target::FileTree& files);

// NAME=value pairs that end with NUL (proc(5)); of a name that occurs twice, the first, as getenv(3) does.
Variables parse_variables(std::string_view text);

}  // namespace preflight::probe
