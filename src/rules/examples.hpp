// The examples that rules carry: proofs that a rule matches what it should and passes what it should.
#pragma once

#include <vector>

#include "rules/load.hpp"
#include "rules/rule.hpp"
#include "tables/tables.hpp"

namespace preflight::rules {

struct ExamplesResult {
  std::vector<Problem> problems;  // malformed examples, and those that came out otherwise, and how
  std::size_t run = 0;
};

// Judges every rule on each of its examples. A rule without an example that matches and one that passes is a
// problem, too.
ExamplesResult run_examples(const RuleSet& set, const tables::Tables& tables);

}  // namespace preflight::rules
