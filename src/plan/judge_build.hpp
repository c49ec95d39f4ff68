// What the rules say of a build where it would be installed.
#pragma once

#include <vector>

#include "plan/builds.hpp"
#include "plan/given.hpp"
#include "rules/judge.hpp"

namespace preflight::plan {

// The findings on a host with what is given and one fresh environment that holds the build and its
// companions. What isn't given is unknown there.
std::vector<rules::Finding> judge_build(const Build& build, const Given& given, const rules::RuleSet& rules,
                                        const tables::Tables& tables);

}  // namespace preflight::plan
