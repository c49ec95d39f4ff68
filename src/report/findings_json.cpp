#include "report/findings_json.hpp"

namespace preflight::report {

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

}  // namespace preflight::report
