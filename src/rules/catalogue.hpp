// The rule catalogue of the documentation, generated from the rules.
#pragma once

#include <string>

#include "rules/rule.hpp"

namespace preflight::rules {

// One rule of it.
std::string rule_markdown(const RuleSet& set, const Rule& rule);

std::string catalogue_markdown(const RuleSet& set);

}  // namespace preflight::rules
