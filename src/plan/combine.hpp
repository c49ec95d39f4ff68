// Builds that fit what is given, judged.
#pragma once

#include <span>
#include <vector>

#include "plan/plan.hpp"

namespace preflight::plan {

// What all plans look things up in.
struct Knowledge {
  const tables::Tables& tables;
  const rules::RuleSet& rules;
  std::span<const Build> builds;  // as published_builds() sorts them
};

struct Combined {
  std::vector<Combination> combinations;  // the best first
  std::vector<LeftOut> left_out;
};

Combined combine(const Given& given, const Knowledge& knowledge);

// The smallest changes of what is given that lead to a combination: each thing relaxed alone, or, where that
// doesn't help, the fewest together. The easiest first. Where a larger change of the same things leads to a
// newer PyTorch than the smallest does, it follows.
std::vector<Change> smallest_changes(const Given& given, const Knowledge& knowledge);

// What the given things allow or rule out.
std::vector<Reason> reasons(const Given& given, const Knowledge& knowledge);

}  // namespace preflight::plan
