#include "report/json.hpp"

#include <nlohmann/json.hpp>

#include "facts/json.hpp"

namespace preflight::report {

namespace {

using nlohmann::ordered_json;

ordered_json json_of(const rules::SubjectName& subject) {
  return {{"kind", subject.kind}, {"id", subject.id}};
}

ordered_json json_of(const rules::Finding& finding) {
  auto evidence = ordered_json::array();
  for (const auto& fact : finding.evidence) {
    evidence.push_back({{"subject", json_of(fact.subject)},
                        {"fact", fact.fact},
                        {"value", fact.value},
                        {"source", fact.source}});
  }
  return {{"rule", finding.rule},
          {"cause", finding.cause},
          {"severity", to_text(finding.severity)},
          {"subject", json_of(finding.subject)},
          {"title", finding.title},
          {"why", finding.why},
          {"fix", finding.fix},
          {"evidence", std::move(evidence)},
          {"sources", finding.sources}};
}

ordered_json json_of(const rules::Undecided& undecided) {
  auto subjects = ordered_json::array();
  for (const auto& subject : undecided.subjects) subjects.push_back(json_of(subject));
  return {{"rule", undecided.rule},
          {"severity", to_text(undecided.severity)},
          {"subjects", std::move(subjects)},
          {"missing", undecided.missing}};
}

ordered_json json_of(const Unreadable& fact) {
  return {{"subject", json_of(fact.subject)}, {"fact", fact.fact}, {"reason", fact.reason}};
}

template <class Items>
ordered_json list_of(const Items& items) {
  auto list = ordered_json::array();
  for (const auto& item : items) list.push_back(json_of(item));
  return list;
}

}  // namespace

std::string to_json_text(const Report& report) {
  const ordered_json json = {{"schema", kReportSchema},
                             {"verdict", to_text(report.verdict)},
                             {"findings", list_of(report.judgement.findings)},
                             {"undecided", list_of(report.judgement.undecided)},
                             {"unreadable", list_of(report.unreadable)},
                             {"judged", report.judgement.judged},
                             {"facts", facts::to_json(report.facts)}};
  return json.dump(2) + "\n";
}

}  // namespace preflight::report
