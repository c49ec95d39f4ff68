// Which drivers serve a build and the GPUs it is for.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "plan/builds.hpp"
#include "plan/given.hpp"
#include "tables/tables.hpp"

namespace preflight::plan {

// Driver branches that support a GPU; none where no bound is known.
struct Branches {
  std::optional<std::int64_t> first;
  std::optional<std::int64_t> last;
};

Branches branches_of(const Gpu& gpu, const tables::Tables& tables);

struct DriverRange {
  std::string oldest;  // "525.60.13", or a whole branch: "570"; empty where it isn't known
  std::optional<std::int64_t> last_branch;  // the last that supports every GPU; none: not dropped so far
};

// The oldest driver is the highest of: the oldest that runs the build's CUDA, the first branch that knows
// each GPU, and, where the build reaches a GPU by PTX only, the driver of its own CUDA.
DriverRange driver_range(const Build& build, std::span<const Gpu> gpus, const tables::Tables& tables);

}  // namespace preflight::plan
