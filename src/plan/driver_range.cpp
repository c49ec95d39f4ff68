#include "plan/driver_range.hpp"

#include <algorithm>

#include "plan/cells.hpp"

namespace preflight::plan {

DriverRange driver_range(const Build& build, std::span<const Gpu> gpus, const tables::Tables& tables) {
  DriverRange range{oldest_driver_of_cuda(build, tables), std::nullopt};
  const auto raise = [&](const std::string& driver) {
    if (version_of(driver) > version_of(range.oldest)) range.oldest = driver;
  };
  for (const auto& gpu : gpus) {
    const auto support = branches_of(gpu, tables);
    if (support.first) raise(std::to_string(*support.first));
    if (support.last) range.last_branch = std::min(*support.last, range.last_branch.value_or(*support.last));
    // Minor-version compatibility doesn't cover the driver's compiler of PTX.
    if (!has_sass_for(build, gpu.capability) && has_ptx_for(build, gpu.capability))
      raise(own_driver(build, tables));
  }
  return range;
}

Branches branches_of(const Gpu& gpu, const tables::Tables& tables) {
  const auto row = to_text(gpu.capability);
  return {integer_at(tables, {"compute_capability", row, "first_driver_branch"}),
          integer_at(tables, {"compute_capability", row, "last_driver_branch"})};
}

}  // namespace preflight::plan
