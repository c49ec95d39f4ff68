// The sentences of obstacles, without saying the same of one build after the other.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "plan/builds.hpp"
#include "plan/given.hpp"

namespace preflight::plan {

// Why the thing rules builds out: each sentence once, with the releases or builds that it holds for. The
// builds come as published_builds() sorts them.
std::vector<std::string> whys(std::span<const Build* const> builds, const Given& given, Thing thing,
                              const tables::Tables& tables);

}  // namespace preflight::plan
