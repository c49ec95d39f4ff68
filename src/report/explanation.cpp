#include "report/explanation.hpp"

#include <algorithm>
#include <set>

#include "report/quoted_lines.hpp"

namespace preflight::report {

namespace {

using rules::Evidence;
using rules::Finding;
using rules::Severity;
using rules::SubjectName;

// Errors and warnings of the log, those of facts alone, notes.
int place_of(const Finding& finding) {
  if (finding.severity == Severity::note) return 2;
  return rests_on_log(finding) ? 0 : 1;
}

// The messages that a finding other than a note rests on.
std::set<SubjectName> explained_messages(const std::vector<Finding>& findings) {
  std::set<SubjectName> explained;
  for (const auto& finding : findings) {
    if (finding.severity == Severity::note) continue;
    for (const auto& fact : finding.evidence) {
      if (fact.subject.kind == "message") explained.insert(fact.subject);
    }
  }
  return explained;
}

std::vector<PossibleCause> possible_causes(const rules::Judgement& judgement, const facts::Document& document,
                                           const rules::RuleSet& set, const rules::Causes& causes) {
  const auto explained = explained_messages(judgement.findings);
  std::vector<PossibleCause> all;
  for (const auto& undecided : judgement.undecided) {
    const auto rule = std::ranges::find(set.rules, undecided.rule, &rules::Rule::id);
    if (rule == set.rules.end()) continue;
    PossibleCause possible{undecided.rule,   std::string(rule->cause), "", undecided.severity, {},
                           undecided.missing};
    for (const auto& subject : undecided.subjects) {
      const auto line = quoted_line(document, subject);
      if (line && !explained.contains(subject)) possible.lines.push_back(*line);
    }
    const bool is_named = std::ranges::any_of(
        judgement.findings, [&](const Finding& finding) { return finding.cause == possible.cause; });
    const bool is_listed = std::ranges::find(all, possible.cause, &PossibleCause::cause) != all.end();
    if (possible.lines.empty() || is_named || is_listed) continue;
    if (const auto meaning = causes.find(possible.cause); meaning != causes.end())
      possible.meaning = meaning->second;
    all.push_back(std::move(possible));
  }
  std::ranges::stable_sort(all, {}, [](const PossibleCause& cause) {
    return std::pair{cause.severity, cause.missing.size()};
  });
  return all;
}

std::vector<Evidence> unexplained_lines(const Explanation& explanation) {
  std::set<SubjectName> used;
  for (const auto& finding : explanation.findings) {
    for (const auto& fact : finding.evidence) used.insert(fact.subject);
  }
  for (const auto& possible : explanation.possible) {
    for (const auto& line : possible.lines) used.insert(line.subject);
  }
  std::vector<Evidence> lines;
  for (const auto* message : explanation.facts.of_kind("message")) {
    const SubjectName name{message->kind, message->id};
    const auto line = used.contains(name) ? std::nullopt : quoted_line(explanation.facts, name);
    if (line) lines.push_back(*line);
  }
  return lines;
}

}  // namespace

bool rests_on_log(const Finding& finding) {
  return std::ranges::any_of(finding.evidence,
                             [](const Evidence& fact) { return fact.subject.kind == "message"; });
}

Explanation make_explanation(LogRead log, facts::Document document, rules::Judgement judgement,
                             const rules::RuleSet& set, const rules::Causes& causes) {
  Explanation explanation;
  explanation.log = std::move(log);
  explanation.possible = possible_causes(judgement, document, set, causes);
  auto report = make_report(std::move(document), std::move(judgement), Policy{});
  explanation.findings = std::move(report.judgement.findings);
  std::ranges::stable_sort(explanation.findings, {}, place_of);
  explanation.facts = std::move(report.facts);
  explanation.unexplained = unexplained_lines(explanation);
  return explanation;
}

}  // namespace preflight::report
