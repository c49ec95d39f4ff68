// The database of the program, as the verbs that judge use it.
#pragma once

#include "rules/compiled.hpp"

namespace preflight::cli {

// What the build compiled of rules/*.json (tools/compile_rules).
const rules::CompiledRules& compiled_rules();

// The same rules as rules::embedded_rules() without their examples, but ready at once.
inline rules::RuleSet shipped_rules() {
  return rules::restore(compiled_rules());
}

}  // namespace preflight::cli
