#include "report/text.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "report/findings_text.hpp"
#include "report/smoke_test.hpp"
#include "report/stack.hpp"
#include "support/text.hpp"

namespace preflight::report {

namespace {

using rules::Severity;

constexpr std::size_t kMostMissing = 6;

std::size_t count(const Report& report, Severity severity) {
  return static_cast<std::size_t>(
      std::ranges::count(report.judgement.findings, severity, &rules::Finding::severity));
}

// "NOT READY: 1 error, 2 warnings on this host"
std::string verdict_line(const Report& report, const Style& style) {
  std::vector<std::string> counts;
  for (const auto severity : {Severity::error, Severity::warning, Severity::note}) {
    const std::size_t number = count(report, severity);
    if (number > 0) counts.push_back(counted(number, rules::to_text(severity)));
  }
  const std::string found = counts.empty() ? "nothing found" : join(counts, ", ");
  const bool ready = report.verdict == Verdict::ready;
  const std::string_view word = ready                                  ? "READY"
                                : report.verdict == Verdict::not_ready ? "NOT READY"
                                                                       : "UNDETERMINED";
  const Ink ink = ready ? Ink::green : report.verdict == Verdict::not_ready ? Ink::red : Ink::yellow;
  return paint(word, ink, style) + ": " + found + " on " + printable(report.facts.target) + "\n";
}

// One line each: they are not what the job would use.
void add_elsewhere(std::string& text, const Report& report, const Style& style) {
  if (report.elsewhere.empty()) return;
  text += "\n" + paint("In other environments, without a say in the verdict:", Ink::bold, style) + "\n";
  for (const auto& finding : report.elsewhere) {
    text += "  " + paint(rules::to_text(finding.severity), ink_of(finding.severity), style) + ": " +
            printable(finding.title) +
            paint("  [" + finding.rule + "] " + printable(finding.subject.id), Ink::dim, style) + "\n";
  }
}

void add_unreadable(std::string& text, const Report& report, const Style& style) {
  if (report.unreadable.empty()) return;
  text += "\n" + paint("Could not be read, so there is no clean bill of health:", Ink::bold, style) + "\n";
  for (const auto& fact : report.unreadable) {
    const std::string subject = subject_text(fact.subject);
    text +=
        "  " + fact.fact + (subject.empty() ? "" : " of " + subject) + ": " + printable(fact.reason) + "\n";
  }
}

// Rules that could not be decided, told by what was missing: one unreadable file can hold up twenty rules.
void add_undecided(std::string& text, const Report& report, const Style& style) {
  if (report.judgement.undecided.empty()) return;
  std::map<std::string, std::set<std::string>> rules_by_missing;
  std::set<std::string> rules;
  for (const auto& undecided : report.judgement.undecided) {
    rules.insert(undecided.rule);
    for (const auto& missing : undecided.missing)
      rules_by_missing[missing.path + ": " + missing.reason].insert(undecided.rule);
  }
  std::vector<std::pair<std::string, std::set<std::string>>> rows(rules_by_missing.begin(),
                                                                  rules_by_missing.end());
  std::ranges::stable_sort(
      rows, [](const auto& left, const auto& right) { return left.second.size() > right.second.size(); });
  text += "\n" + paint("Could not be decided: " + counted(rules.size(), "rule"), Ink::bold, style) +
          " (--format json lists them)\n";
  for (std::size_t index = 0; index < rows.size() && index < kMostMissing; ++index) {
    text += wrap(counted(rows[index].second.size(), "rule") + " for want of " + rows[index].first, 2,
                 style.width);
  }
  if (rows.size() > kMostMissing) text += "  and " + counted(rows.size() - kMostMissing, "other fact") + "\n";
}

void add_smoke_test(std::string& text, const Report& report, const Style& style) {
  for (const auto* test : report.facts.of_kind("smoke_test")) {
    text += "\n" + paint("Smoke test", Ink::bold, style) + "\n";
    for (const auto& line : smoke_test_lines(*test)) text += wrap(line, 2, style.width);
  }
}

void add_stack(std::string& text, const Report& report, const Style& style) {
  text += "\n" + paint("Stack", Ink::bold, style) + "\n";
  for (const auto& line : stack_lines(report.facts)) {
    std::string part = line.part;
    part.resize(8, ' ');
    text += "  " + paint(part, Ink::dim, style) + printable(line.text) + "\n";
  }
}

}  // namespace

std::string to_text(const Report& report, const Style& style, Detail detail) {
  std::string text = verdict_line(report, style);
  text += findings_text(report.judgement.findings, report.facts, style, detail);
  add_unreadable(text, report, style);
  add_smoke_test(text, report, style);
  if (detail == Detail::full) {
    add_elsewhere(text, report, style);
    add_undecided(text, report, style);
    add_stack(text, report, style);
  }
  return text;
}

}  // namespace preflight::report
