#include "plan/plan.hpp"

#include "plan/combine.hpp"

namespace preflight::plan {

Plan make_plan(Given given, const rules::RuleSet& rules, const tables::Tables& tables) {
  const auto builds = published_builds(tables);
  const Knowledge knowledge{tables, rules, builds};
  auto combined = combine(given, knowledge);
  Plan plan{std::move(given), "", std::move(combined.combinations), std::move(combined.left_out), {}, {}};
  plan.brought_cuda = brought_cuda(plan.given, tables);
  plan.reasons = reasons(plan.given, knowledge);
  if (plan.combinations.empty()) plan.changes = smallest_changes(plan.given, knowledge);
  return plan;
}

}  // namespace preflight::plan
