// The assignments of os-release(5) and of files in the same format.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace preflight::probe {

// NAME=value lines with shell quoting: single and double quotes, backslash escapes; comments, empty lines and
// lines that are no assignment are left out. A name that is set twice has its last value.
std::map<std::string, std::string, std::less<>> parse_os_release(std::string_view text);

}  // namespace preflight::probe
