// Lists of numbers as the kernel prints CPUs and nodes: "0-3,8".
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string_view>

namespace preflight::probe {

// How many numbers the list names; empty when it isn't such a list, or names more than a million.
std::optional<std::int64_t> count_of_number_list(std::string_view text);

// The numbers that it names: none in an empty text. Nothing when it isn't such a list, or names more than a
// million.
std::optional<std::set<std::int64_t>> numbers_of_list(std::string_view text);

}  // namespace preflight::probe
