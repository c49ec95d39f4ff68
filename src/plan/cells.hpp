// Cells of tables, as a plan reads them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gpu_code/architecture.hpp"
#include "support/version.hpp"
#include "tables/tables.hpp"

namespace preflight::plan {

struct Cell {
  std::string_view table;
  std::string_view row;
  std::string_view column;
};

// Empty when there is no such row or cell, or when it is of another type.
std::string text_at(const tables::Tables& tables, const Cell& cell);
std::vector<std::string> texts_at(const tables::Tables& tables, const Cell& cell);
std::optional<std::int64_t> integer_at(const tables::Tables& tables, const Cell& cell);

// The version that the text is; 0 for a text that is none.
DottedVersion version_of(std::string_view text);

// 9.0
gpu_code::ComputeCapability capability_of(std::string_view text);
std::string to_text(gpu_code::ComputeCapability capability);

// The branch of a driver, as table driver_branch names it: 535 of 535.104.05.
std::string branch_of(std::string_view driver);

// Whether a version begins with all numbers of another: 2.2.1 with 2.2.
bool begins_with(std::string_view version, std::string_view numbers);

}  // namespace preflight::plan
