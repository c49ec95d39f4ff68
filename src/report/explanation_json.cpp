#include "facts/json.hpp"
#include "report/explanation.hpp"
#include "report/findings_json.hpp"
#include "report/json.hpp"

namespace preflight::report {

namespace {

using nlohmann::ordered_json;

ordered_json possible_json(const PossibleCause& possible) {
  return {{"rule", possible.rule},
          {"cause", possible.cause},
          {"severity", rules::to_text(possible.severity)},
          {"meaning", possible.meaning},
          {"lines", list_of(possible.lines)},
          {"missing", list_of(possible.missing)}};
}

}  // namespace

std::string to_json_text(const Explanation& explanation) {
  auto possible = ordered_json::array();
  for (const auto& cause : explanation.possible) possible.push_back(possible_json(cause));
  const ordered_json json = {
      {"schema", kReportSchema},
      {"log",
       {{"name", explanation.log.name}, {"lines", explanation.log.lines}, {"bytes", explanation.log.bytes}}},
      {"findings", list_of(explanation.findings)},
      {"possible", std::move(possible)},
      {"unexplained", list_of(explanation.unexplained)},
      {"facts", facts::to_json(explanation.facts)}};
  return json.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace preflight::report
