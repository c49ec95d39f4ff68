// A plan: which combinations are known to be good, or why none is. docs/plan.md describes the JSON.
#pragma once

#include <string>

#include "plan/plan.hpp"
#include "report/layout.hpp"

namespace preflight::report {

constexpr int kPlanSchema = 1;

// The first `most` combinations; the others are counted. JSON has them all.
std::string plan_text(const plan::Plan& plan, const Style& style, std::size_t most);
std::string plan_json(const plan::Plan& plan);

}  // namespace preflight::report
