// The rules in the binary: they load, and every one proves itself by its examples.
#include <string>

#include "catch.hpp"
#include "rules/catalogue.hpp"
#include "rules/examples.hpp"
#include "rules/load.hpp"

using namespace preflight;

TEST_CASE("the embedded rules come out as their examples say") {
  const auto tables = tables::embedded_tables();
  const auto set = rules::embedded_rules(tables);
  CHECK(!set.rules.empty());
  const auto result = rules::run_examples(set, tables);
  std::string problems;
  for (const auto& problem : result.problems) problems += to_text(problem) + "\n";
  CHECK(problems == "");
  CHECK(result.run >= 2 * set.rules.size());
}

TEST_CASE("the catalogue names every embedded rule") {
  const auto set = rules::embedded_rules(tables::embedded_tables());
  const std::string catalogue = rules::catalogue_markdown(set);
  for (const auto& rule : set.rules)
    CHECK(catalogue.find("\n## " + std::string(rule.id) + "\n") != std::string::npos);
}
