// Patterns of paths, as probes declare what they read.
#pragma once

#include <string_view>

namespace preflight::probe {

// Whether the whole path matches: `*` stands for any characters but "/", `**` for any characters.
bool matches(std::string_view pattern, std::string_view path);

}  // namespace preflight::probe
