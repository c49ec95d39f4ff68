#include "report/report.hpp"

#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "facts/json.hpp"
#include "facts/writer.hpp"
#include "report/json.hpp"
#include "report/text.hpp"

using namespace preflight;
using report::Policy;
using report::Verdict;
using rules::Severity;

namespace {

rules::Finding finding(const std::string& rule, const std::string& cause, Severity severity) {
  return {rule,
          cause,
          severity,
          {"environment", "/opt/venv"},
          "Title of " + rule,
          "Because of this.",
          {"type this", "then that"},
          {{{"environment", "/opt/venv"}, "torch.version", "2.2.0", "/opt/venv/version.py"}},
          {"https://example.org/" + rule}};
}

rules::Judgement judgement(std::vector<rules::Finding> findings,
                           std::vector<rules::Undecided> undecided = {}) {
  return {std::move(findings), std::move(undecided), 7};
}

facts::Document document_with_unreadable_driver() {
  facts::Document document;
  facts::FactWriter writer(document);
  writer.host().unknown("driver.module_version", {"permission denied", facts::Gap::unreadable}, "/proc");
  return document;
}

Verdict verdict(facts::Document document, rules::Judgement judged, const Policy& policy = {}) {
  return report::make_report(std::move(document), std::move(judged), policy).verdict;
}

const rules::Undecided kUndecided = {"some-rule", Severity::error, {{"host", "host"}}, {{"gpus", "not set"}}};

}  // namespace

TEST_CASE("the verdict follows the findings and the policy") {
  const auto warning = judgement({finding("w", "c", Severity::warning)});
  CHECK(verdict({}, {}) == Verdict::ready);
  CHECK(verdict({}, warning) == Verdict::ready);
  CHECK(verdict({}, warning, {.fail_on = Severity::warning}) == Verdict::not_ready);
  CHECK(verdict({}, warning, {.fail_on = Severity::note}) == Verdict::not_ready);
  CHECK(verdict({}, judgement({finding("e", "c", Severity::error)})) == Verdict::not_ready);
}

TEST_CASE("an unreadable core fact is never a clean bill of health") {
  CHECK(verdict(document_with_unreadable_driver(), {}) == Verdict::undetermined);
  CHECK(verdict(document_with_unreadable_driver(), judgement({finding("e", "c", Severity::error)})) ==
        Verdict::not_ready);

  facts::Document elsewhere;
  facts::FactWriter writer(elsewhere);
  writer.host().unknown("driver.module_version", {"files at rest show no running system"}, "");
  writer.host().unknown("os.id", {"permission denied", facts::Gap::unreadable}, "");
  CHECK(verdict(elsewhere, {}) == Verdict::ready);
}

TEST_CASE("the packages of an environment are core where it was asked for") {
  for (const bool requested : {false, true}) {
    facts::Document document;
    facts::FactWriter writer(document);
    auto environment = writer.subject("environment", "/opt/venv");
    environment.set("requested", requested, "");
    environment.unknown("packages", {"permission denied", facts::Gap::unreadable}, "");
    CHECK(verdict(document, {}) == (requested ? Verdict::undetermined : Verdict::ready));
  }
}

TEST_CASE("environments that the job wouldn't use have no say in the verdict") {
  const auto with = [](bool active_has_torch, bool requested) {
    facts::Document document;
    facts::FactWriter writer(document);
    auto active = writer.subject("environment", "/opt/active");
    active.set("active", true, "");
    if (active_has_torch) active.set("torch.version", "2.2.0", "");
    auto other = writer.subject("environment", "/opt/venv");
    other.set("torch.version", "2.1.0", "");
    other.set("requested", requested, "");
    return report::make_report(document, judgement({finding("e", "c", Severity::error)}), {});
  };
  const auto ignored = with(true, false);
  CHECK(ignored.verdict == Verdict::ready);
  CHECK(ignored.judgement.findings.empty());
  REQUIRE(ignored.elsewhere.size() == 1);
  CHECK(ignored.elsewhere.front().rule == "e");
  CHECK(with(false, false).verdict == Verdict::not_ready);
  CHECK(with(true, true).verdict == Verdict::not_ready);
}

TEST_CASE("undecided rules change the verdict only when asked") {
  const auto judged = judgement({}, {kUndecided});
  CHECK(verdict({}, judged) == Verdict::ready);
  CHECK(verdict({}, judged, {.undecided = report::Undecided::blocking}) == Verdict::undetermined);
  auto minor = kUndecided;
  minor.severity = Severity::note;
  CHECK(verdict({}, judgement({}, {minor}), {.undecided = report::Undecided::blocking}) == Verdict::ready);
}

TEST_CASE("the JSON report has the documented form") {
  const auto made = report::make_report(document_with_unreadable_driver(),
                                        judgement({finding("e", "c", Severity::error)}, {kUndecided}), {});
  const auto json = nlohmann::ordered_json::parse(report::to_json_text(made));
  std::vector<std::string> keys;
  for (const auto& [key, value] : json.items()) keys.push_back(key);
  CHECK(keys == std::vector<std::string>{"schema", "verdict", "findings", "elsewhere", "undecided",
                                         "unreadable", "evaluated", "facts"});
  CHECK(json.at("schema") == 1);
  CHECK(json.at("verdict") == "not-ready");
  CHECK(
      json.at("findings").at(0).dump() ==
      R"({"rule":"e","cause":"c","severity":"error","subject":{"kind":"environment","id":"/opt/venv"},)"
      R"("title":"Title of e","why":"Because of this.","fix":["type this","then that"],)"
      R"("evidence":[{"subject":{"kind":"environment","id":"/opt/venv"},"fact":"torch.version","value":"2.2.0",)"
      R"("source":"/opt/venv/version.py"}],"sources":["https://example.org/e"]})");
  CHECK(
      json.at("undecided").at(0).dump() ==
      R"({"rule":"some-rule","severity":"error","subjects":[{"kind":"host","id":"host"}],"missing":[{"fact":"gpus","reason":"not set"}]})");
  CHECK(json.at("unreadable").at(0).at("fact") == "driver.module_version");
  const auto read = facts::document_from_json(report::to_json_text(made));
  REQUIRE(read);
  CHECK(read->document == made.facts);
}
