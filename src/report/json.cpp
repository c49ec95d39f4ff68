#include "report/json.hpp"

#include <nlohmann/json.hpp>

#include "facts/json.hpp"

namespace preflight::report {

namespace {

using nlohmann::ordered_json;

ordered_json json_of(const rules::SubjectName& subject) {
  return {{"kind", subject.kind}, {"id", subject.id}};
}

ordered_json json_of(const rules::Evidence& fact) {
  return {{"subject", json_of(fact.subject)},
          {"fact", fact.path},
          {"value", fact.value},
          {"source", fact.source}};
}

ordered_json json_of(const rules::MissingFact& fact) {
  return {{"fact", fact.path}, {"reason", fact.reason}};
}

ordered_json json_of(const Unreadable& fact) {
  return {{"subject", json_of(fact.subject)}, {"fact", fact.fact}, {"reason", fact.reason}};
}

template <class Item>
ordered_json list_of(const std::vector<Item>& items) {
  auto list = ordered_json::array();
  for (const auto& item : items) list.push_back(json_of(item));
  return list;
}

ordered_json json_of(const rules::Finding& finding) {
  return {{"rule", finding.rule},
          {"cause", finding.cause},
          {"severity", rules::to_text(finding.severity)},
          {"subject", json_of(finding.subject)},
          {"title", finding.title},
          {"why", finding.why},
          {"fix", finding.fix},
          {"evidence", list_of(finding.evidence)},
          {"sources", finding.sources}};
}

ordered_json json_of(const rules::Undecided& undecided) {
  return {{"rule", undecided.rule},
          {"severity", rules::to_text(undecided.severity)},
          {"subjects", list_of(undecided.subjects)},
          {"missing", list_of(undecided.missing)}};
}

}  // namespace

std::string to_json_text(const Report& report) {
  auto findings = ordered_json::array();
  for (const auto& finding : report.judgement.findings) findings.push_back(json_of(finding));
  auto elsewhere = ordered_json::array();
  for (const auto& finding : report.elsewhere) elsewhere.push_back(json_of(finding));
  auto undecided = ordered_json::array();
  for (const auto& rule : report.judgement.undecided) undecided.push_back(json_of(rule));
  const ordered_json json = {{"schema", kReportSchema},
                             {"verdict", to_text(report.verdict)},
                             {"findings", std::move(findings)},
                             {"elsewhere", std::move(elsewhere)},
                             {"undecided", std::move(undecided)},
                             {"unreadable", list_of(report.unreadable)},
                             {"evaluated", report.judgement.evaluated},
                             {"facts", facts::to_json(report.facts)}};
  return json.dump(2) + "\n";
}

}  // namespace preflight::report
