// What `explain` says of a log: causes with the lines that show them, and what could be a cause.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "facts/document.hpp"
#include "report/layout.hpp"
#include "report/report.hpp"
#include "rules/rule.hpp"

namespace preflight::report {

struct LogRead {
  std::string name;  // as the user gave it
  std::int64_t lines = 0;
  std::int64_t bytes = 0;
};

// A cause that a line may have, and that facts would settle.
struct PossibleCause {
  std::string rule;
  std::string cause;
  std::string meaning;
  rules::Severity severity = rules::Severity::error;
  std::vector<rules::Evidence> lines;
  std::vector<rules::MissingFact> missing;
};

struct Explanation {
  LogRead log;
  // Errors and warnings that a line shows, then those that only facts show, then notes.
  std::vector<rules::Finding> findings;
  std::vector<PossibleCause> possible;       // the likeliest first
  std::vector<rules::Evidence> unexplained;  // known lines that no finding rests on
  facts::Document facts;
};

// The document holds the log's messages. `causes` gives each cause its meaning.
Explanation make_explanation(LogRead log, facts::Document document, rules::Judgement judgement,
                             const rules::RuleSet& set, const rules::Causes& causes);

// Whether a line of the log is among what the finding rests on.
bool rests_on_log(const rules::Finding& finding);

std::string to_text(const Explanation& explanation, const Style& style);
std::string to_json_text(const Explanation& explanation);

}  // namespace preflight::report
