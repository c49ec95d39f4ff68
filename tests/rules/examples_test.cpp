#include "rules/examples.hpp"

#include <string>

#include "catch.hpp"
#include "rule_text.hpp"

using namespace preflight;

namespace {

std::string run(const RuleText& text) {
  const auto loaded = load_text(text.file());
  REQUIRE(loaded.problems.empty());
  std::string all;
  for (const auto& problem : rules::run_examples(loaded.set, {}).problems) all += to_text(problem) + "\n";
  return all;
}

}  // namespace

TEST_CASE("examples that come out as they say are no problem") {
  CHECK(run(RuleText().with("undecided", "[{}]")) == "");
  CHECK(run(RuleText().with("passes", R"([{"driver.module_version": null}])")) == "");
  CHECK(
      run(RuleText()
              .with("for_each", R"("environments")")
              .with("when", R"("env.packages.numpy.major() == 2 && gpus.exists(g, g.name == 'x')") ")
              .with("matches",
                    R"([{"env.packages": {"numpy": "2.0"}, "gpus": [{"name": "y"}, {"name": "x"}]}])")
              .with(
                  "passes",
                  R"([{"env.packages": {}, "gpus": []}, {"env.packages": {"numpy": "2.0"}, "gpus": []}])")) ==
      "");
}

TEST_CASE("an example that comes out otherwise says how and why") {
  CHECK(run(RuleText().with("matches", R"([{"driver.module_version": "535.1"}])")) ==
        "r.json:5:13: some-rule: the example of 'matches' came out as 'passes': driver.module_version = "
        "535.1\n");
  CHECK(run(RuleText().with("matches", R"([{"driver.module_version": null}])")) ==
        "r.json:5:13: some-rule: the example of 'matches' came out as 'passes': driver.module_version is "
        "absent and is "
        "read without has()\n");
  CHECK(run(RuleText().with("passes", R"([{}])")) ==
        "r.json:6:12: some-rule: the example of 'passes' came out as 'undecided': driver.module_version: not "
        "recorded\n");
}

TEST_CASE("examples are held to the registry") {
  const auto bad = [](const std::string& example) {
    return run(RuleText().with("matches", "[" + example + "]"));
  };
  CHECK(bad(R"({"driver.version": "1"})").find("there is no fact 'driver.version' (nearest: ") !=
        std::string::npos);
  CHECK(bad(R"({"driver.module_version": 1})").find("driver.module_version is of type version") !=
        std::string::npos);
  CHECK(bad(R"({"variables": {"A": null}})").find("null stands for an absent fact only") !=
        std::string::npos);
  CHECK(bad("7").find("'{' is missing here") != std::string::npos);
  CHECK(bad(R"({"gpus": [7]})").find("a subject is an object") != std::string::npos);
  CHECK(bad(R"({"shm.size": 1.5})").find("not an integer of 64 bits") != std::string::npos);
}

TEST_CASE("a rule without examples both ways is a problem") {
  CHECK(run(RuleText().without("matches")).find("there is no example in 'matches'") != std::string::npos);
  CHECK(run(RuleText().with("passes", "[]")).find("there is no example in 'passes'") != std::string::npos);
}
