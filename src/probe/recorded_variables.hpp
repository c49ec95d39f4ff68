// Which environment variables may be recorded as facts: those on a published list, and never a credential.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace preflight::probe {

// The list: names, with `*` for any ending. `gpu-preflight facts` prints it.
std::span<const std::string_view> recorded_variable_patterns();

// What may be recorded of a variable: nothing when its name is not on the list or speaks of a credential;
// else its value, in which everything that looks like a credential is replaced by "***".
std::optional<std::string> recordable_value(std::string_view name, std::string_view value);

}  // namespace preflight::probe
