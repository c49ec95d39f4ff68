// Whether rules and signatures fit together, for `rules lint`.
#pragma once

#include <vector>

#include "log/signatures.hpp"
#include "rules/rule.hpp"
#include "support/problem.hpp"

namespace preflight::cli {

// Signatures and captures that rules name and none of the signatures has.
std::vector<Problem> unknown_signatures(const rules::RuleSet& rules,
                                        const std::vector<const log::SignatureSet*>& signatures);

// Signatures that no rule names.
std::vector<Problem> unused_signatures(const rules::RuleSet& rules, const log::SignatureSet& signatures);

}  // namespace preflight::cli
