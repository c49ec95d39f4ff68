#include "report/json.hpp"

#include <nlohmann/json.hpp>

#include "facts/json.hpp"
#include "report/findings_json.hpp"

namespace preflight::report {

namespace {

using nlohmann::ordered_json;

ordered_json unreadable_json(const Unreadable& fact) {
  return {{"subject", json_of(fact.subject)}, {"fact", fact.fact}, {"reason", fact.reason}};
}

ordered_json undecided_json(const rules::Undecided& undecided) {
  return {{"rule", undecided.rule},
          {"severity", rules::to_text(undecided.severity)},
          {"subjects", list_of(undecided.subjects)},
          {"missing", list_of(undecided.missing)}};
}

}  // namespace

std::string to_json_text(const Report& report) {
  auto undecided = ordered_json::array();
  for (const auto& rule : report.judgement.undecided) undecided.push_back(undecided_json(rule));
  auto unreadable = ordered_json::array();
  for (const auto& fact : report.unreadable) unreadable.push_back(unreadable_json(fact));
  const ordered_json json = {{"schema", kReportSchema},
                             {"verdict", to_text(report.verdict)},
                             {"findings", list_of(report.judgement.findings)},
                             {"elsewhere", list_of(report.elsewhere)},
                             {"undecided", std::move(undecided)},
                             {"unreadable", std::move(unreadable)},
                             {"evaluated", report.judgement.evaluated},
                             {"facts", facts::to_json(report.facts)}};
  return json.dump(2) + "\n";
}

}  // namespace preflight::report
