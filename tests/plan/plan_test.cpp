// Plans over the tables and rules of the program.
#include "plan/plan.hpp"

#include "catch.hpp"
#include "rules/load.hpp"

using namespace preflight;
using plan::Asked;
using plan::Plan;

namespace {

const tables::Tables& all_tables() {
  static const auto tables = tables::embedded_tables();
  return tables;
}

const rules::RuleSet& all_rules() {
  static const auto set = rules::embedded_rules(all_tables());
  return set;
}

Plan plan_for(const Asked& asked) {
  auto given = plan::read_asked(asked, all_tables());
  REQUIRE(given);
  return plan::make_plan(std::move(*given), all_rules(), all_tables());
}

std::string problem_of(const Asked& asked) {
  const auto given = plan::read_asked(asked, all_tables());
  REQUIRE_FALSE(given);
  return given.error().message;
}

Asked asked(std::vector<std::string> gpus, std::string driver = "", std::string python = "",
            std::string torch = "") {
  Asked asked;
  asked.gpus = std::move(gpus);
  asked.driver = std::move(driver);
  asked.python = std::move(python);
  asked.torch = std::move(torch);
  return asked;
}

bool has_change(const Plan& plan, plan::Thing thing, const std::string& to) {
  for (const auto& change : plan.changes) {
    if (change.things.size() == 1 && change.things.front().thing == thing && change.things.front().to == to)
      return true;
  }
  return false;
}

std::string all_reasons(const Plan& plan) {
  std::string text;
  for (const auto& reason : plan.reasons) text += reason.text + "\n";
  return text;
}

}  // namespace

TEST_CASE("every combination holds for what is given, and the newest PyTorch comes first") {
  const auto plan = plan_for(asked({"H100"}, "535.104.05", "3.11"));
  REQUIRE(!plan.combinations.empty());
  for (const auto& combination : plan.combinations) {
    // 535 brings CUDA 12.2; later 12.x run by minor-version compatibility, 13 does not.
    CHECK(combination.build.cuda.starts_with("13") == false);
    CHECK(combination.command.starts_with("pip install torch==" + combination.build.torch));
    for (const auto& finding : combination.findings) CHECK(finding.severity != rules::Severity::error);
  }
  CHECK(plan.changes.empty());
}

TEST_CASE("an old torch on a new GPU is impossible, and the torch that fits is told") {
  const auto plan = plan_for(asked({"RTX 5090"}, "", "", "2.5.1"));
  CHECK(plan.combinations.empty());
  CHECK(all_reasons(plan).find("12.0") != std::string::npos);
  REQUIRE(!plan.changes.empty());
  CHECK(plan.changes.front().best.build.cuda >= "12.8");
}

TEST_CASE("a Python without wheels is impossible, and the Python that has them is told") {
  const auto plan = plan_for(asked({}, "", "3.13", "2.2.0"));
  CHECK(plan.combinations.empty());
  CHECK(has_change(plan, plan::Thing::python, "3.12"));
}

TEST_CASE("a driver that is too old is impossible, and the oldest that is enough is told") {
  const auto plan = plan_for(asked({"A100"}, "440.33.01", "", "2.4.1"));
  CHECK(plan.combinations.empty());
  CHECK(!plan.changes.empty());
}

TEST_CASE("GPUs are known by name, by compute capability and by PCI id") {
  for (const auto* name : {"NVIDIA H100 80GB HBM3", "9.0", "sm_90", "10de:2330"}) {
    CAPTURE(name);
    CHECK(!plan_for(asked({name})).combinations.empty());
  }
  CHECK(problem_of(asked({"RTX 99999"})).find("no known GPU has this name") != std::string::npos);
  CHECK(problem_of(asked({"12.7"})).find("no known compute capability") != std::string::npos);
}

TEST_CASE("what is no version is told with its option") {
  CHECK(problem_of(asked({}, "new")).find("--driver") != std::string::npos);
  CHECK(problem_of(asked({}, "", "three")).find("--python") != std::string::npos);
  CHECK(problem_of(asked({}, "", "", "newest")).find("--torch") != std::string::npos);
}

TEST_CASE("several GPUs must all be served") {
  // Pascal and Blackwell: no CUDA 13, and no wheel before Blackwell's.
  const auto plan = plan_for(asked({"GTX 1080", "RTX 5090"}));
  for (const auto& combination : plan.combinations) {
    CHECK(plan::has_sass_for(combination.build, {6, 1}));
    CHECK(plan::has_sass_for(combination.build, {12, 0}));
  }
}
