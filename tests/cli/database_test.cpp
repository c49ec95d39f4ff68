// The database that the verbs judge with is what rules/ holds.
#include "cli/database.hpp"

#include "catch.hpp"
#include "rules/load.hpp"

using namespace preflight;

TEST_CASE("the compiled rules are the rules of the files") {
  const auto text = [](const rules::RuleSet& set) { return rules::compiled_source(set, "h", "n", "f"); };
  const auto shipped = cli::shipped_rules();
  CHECK_FALSE(shipped.rules.empty());
  CHECK((text(shipped) == text(rules::embedded_rules(tables::embedded_tables()))));
}
