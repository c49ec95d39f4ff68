// How a plan is laid out.
#include "report/plan.hpp"

#include <nlohmann/json.hpp>

#include "catch.hpp"

using namespace preflight;

namespace {

plan::Build build_of(const std::string& torch) {
  return {torch + "+cu126", torch, "cu126", "12.6", {{8, 0}}, {}};
}

plan::LeftOut left_out(const std::string& torch, const std::string& rule) {
  rules::Finding finding;
  finding.rule = rule;
  finding.title = torch + " hangs";
  return {build_of(torch), finding};
}

plan::Combination combination(const std::string& oldest, std::optional<std::int64_t> last_branch) {
  plan::Combination combination;
  combination.build = build_of("2.6.0");
  combination.command = "pip install torch==2.6.0";
  combination.driver = {oldest, last_branch};
  return combination;
}

bool has_line(const std::string& text, const std::string& line) {
  return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

}  // namespace

TEST_CASE("builds that rules condemn are told, those of one rule in one line") {
  plan::Plan plan;
  CHECK(report::plan_text(plan, {}, 5).find("Left out") == std::string::npos);
  plan.left_out = {left_out("2.6.0", "one"), left_out("2.5.1", "one"), left_out("2.5.0", "one"),
                   left_out("2.4.0", "two")};
  const auto text = report::plan_text(plan, {}, 5);
  CHECK(has_line(text, "Left out, as a rule of severity error speaks against them:"));
  CHECK(has_line(text, "  - PyTorch 2.6.0+cu126 and 2 others: 2.6.0 hangs [one]"));
  CHECK(has_line(text, "  - PyTorch 2.4.0+cu126: 2.4.0 hangs [two]"));
}

TEST_CASE("the range of drivers is told where no driver is given") {
  plan::Plan plan;
  plan.combinations = {combination("525.60.13", 580), combination("570", std::nullopt),
                       combination("", std::nullopt)};
  const auto text = report::plan_text(plan, {}, 5);
  CHECK(has_line(text, "     Needs driver 525.60.13 or later, up to branch 580."));
  CHECK(has_line(text, "     Needs driver branch 570 or later."));
  const auto list = nlohmann::json::parse(report::plan_json(plan)).at("combinations");
  CHECK(list.at(0).at("oldest_driver") == "525.60.13");
  CHECK(list.at(0).at("last_driver_branch") == "580");
  CHECK(list.at(1).at("last_driver_branch") == "");
}

TEST_CASE("a long reason goes on below its first word") {
  plan::Plan plan;
  plan.reasons = {{plan::Thing::driver, "one two three four"}};
  const auto text = report::plan_text(plan, {.width = 14}, 5);
  CHECK(has_line(text, "  - one two"));
  CHECK(has_line(text, "    three four"));
}
