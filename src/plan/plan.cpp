#include "plan/plan.hpp"

#include <algorithm>
#include <array>

#include "plan/combine.hpp"

namespace preflight::plan {

namespace {

// Modules of a GPU and an Arm processor.
bool has_arm_processor(const Gpu& gpu) {
  return std::ranges::any_of(std::array{"GH200", "GB200", "GB300", "GB10"}, [&](std::string_view module) {
    return gpu.name.find(module) != std::string::npos;
  });
}

void doubt_processor(Given& given) {
  if (given.fixed.contains(Thing::architecture)) return;
  const auto found = std::ranges::find_if(given.gpus, has_arm_processor);
  if (found == given.gpus.end()) return;
  given.doubts.push_back(found->name +
                         " sits beside an Arm processor, and the tables hold the wheels for x86_64 only: "
                         "whether a build is published for aarch64, too, isn't known");
}

}  // namespace

Plan make_plan(Given given, const rules::RuleSet& rules, const tables::Tables& tables) {
  doubt_processor(given);
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
