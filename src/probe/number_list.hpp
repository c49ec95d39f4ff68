// Lists of numbers as the kernel prints CPUs and nodes: "0-3,8".
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace preflight::probe {

// How many numbers the list names; empty when it isn't such a list, or names more than a million.
std::optional<std::int64_t> count_of_number_list(std::string_view text);

}  // namespace preflight::probe
