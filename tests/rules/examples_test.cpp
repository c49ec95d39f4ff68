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
  CHECK(run(RuleText().with("passes", R"_([{"driver.module_version": null}])_")) == "");
  CHECK(
      run(RuleText()
              .with("for_each", R"_("environments")_")
              .with("when", R"_("env.packages.numpy.major() == 2 && gpus.exists(g, g.name == 'x')")_")
              .with("matches",
                    R"_([{"env.packages": {"numpy": "2.0"}, "gpus": [{"name": "y"}, {"name": "x"}]}])_")
              .with(
                  "passes",
                  R"_([{"env.packages": {}, "gpus": []}, {"env.packages": {"numpy": "2.0"}, "gpus": []}])_")) ==
      "");
}

TEST_CASE("a list of the rule's own kind names the others") {
  CHECK(run(RuleText()
                .with("for_each", R"_("gpus")_")
                .with("when", R"_("size(gpus) == 2 && gpus.exists(o, o.name == 'x') && gpu.name == 'y'")_")
                .with("matches", R"_([{"gpu.name": "y", "gpus": [{"name": "x"}]}])_")
                .with("passes", R"_([{"gpu.name": "y", "gpus": []}])_")) == "");
}

TEST_CASE("an example that comes out otherwise says how and why") {
  CHECK(run(RuleText().with("matches", R"_([{"driver.module_version": "535.1"}])_")) ==
        "r.json:5:13: some-rule: the example of 'matches' came out as 'passes': driver.module_version = "
        "535.1\n");
  CHECK(run(RuleText().with("matches", R"_([{"driver.module_version": null}])_")) ==
        "r.json:5:13: some-rule: the example of 'matches' came out as 'passes': driver.module_version is "
        "absent and is "
        "read without has()\n");
  CHECK(run(RuleText().with("passes", R"_([{}])_")) ==
        "r.json:6:12: some-rule: the example of 'passes' came out as 'undecided': driver.module_version: not "
        "recorded\n");
}

TEST_CASE("examples are held to the registry") {
  const auto bad = [](const std::string& example) {
    return run(RuleText().with("matches", "[" + example + "]"));
  };
  CHECK(bad(R"_({"driver.version": "1"})_").find("there is no fact 'driver.version' (nearest: ") !=
        std::string::npos);
  CHECK(bad(R"_({"driver.module_version": 1})_").find("driver.module_version is of type version") !=
        std::string::npos);
  CHECK(bad(R"_({"variables": {"A": null}})_").find("null stands for an absent fact only") !=
        std::string::npos);
  CHECK(bad("7").find("'{' is missing here") != std::string::npos);
  CHECK(bad(R"_({"gpus": [7]})_").find("a subject is an object") != std::string::npos);
  CHECK(bad(R"_({"shm.size": 1.5})_").find("not an integer of 64 bits") != std::string::npos);
}

TEST_CASE("a rule without examples both ways is a problem") {
  CHECK(run(RuleText().without("matches")).find("there is no example in 'matches'") != std::string::npos);
  CHECK(run(RuleText().with("passes", "[]")).find("there is no example in 'passes'") != std::string::npos);
}
