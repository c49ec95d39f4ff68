// Which environment variables may become facts. Everything that reads an environment (of this process, of
// an image, of a dump) asks here, so that one list decides.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace preflight::facts {

// The published list. "NCCL_*" stands for every name with that beginning.
std::span<const std::string_view> recorded_variables();

// What may be recorded of a variable: nothing when the list doesn't have its name or the name speaks of a
// credential; else its value, in which whatever looks like a credential is replaced by "***".
std::optional<std::string> recordable_value(std::string_view name, std::string_view value);

// Whether the variable may be recorded as it stands.
bool may_record_variable(std::string_view name, std::string_view value);

}  // namespace preflight::facts
