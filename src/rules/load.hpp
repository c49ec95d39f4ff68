// Rule files into a rule set.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rules/rule.hpp"
#include "support/problem.hpp"
#include "tables/tables.hpp"

namespace preflight::rules {

struct Loaded {
  RuleSet set;  // the rules without problems
  std::vector<Problem> problems;
};

// Reads and checks all files and reports every problem, not only the first. A rule's cause must be among
// `causes`. Nothing that a file holds makes it throw.
Loaded load_rules(std::vector<RuleFile> files, const Causes& causes, const tables::Tables& tables);

// The causes from the text of rules/causes.json: an object from label to one line. Errors: malformed.
Result<Causes> parse_causes(std::string_view text);

// What is in the binary. It is tested at build time; a problem is a bug and throws std::logic_error.
Causes embedded_causes();
RuleSet embedded_rules(const tables::Tables& tables);

}  // namespace preflight::rules
