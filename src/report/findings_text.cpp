#include "report/findings_text.hpp"

#include <map>
#include <utility>

#include "report/owner.hpp"

namespace preflight::report {

namespace {

using rules::Finding;

constexpr std::size_t kMostEvidence = 12;

void add_evidence(std::string& text, const Finding& finding, const Style& style) {
  for (std::size_t index = 0; index < finding.evidence.size(); ++index) {
    if (index == kMostEvidence) {
      text += "    and " + counted(finding.evidence.size() - index, "other fact") + "\n";
      break;
    }
    const auto& fact = finding.evidence[index];
    if (fact.subject.kind == "message") {
      text += quoted_text(fact, 4, style);
      continue;
    }
    std::string line = fact.path + " = " + printable(fact.value);
    constexpr std::size_t kLongest = 160;
    if (line.size() > kLongest) line = line.substr(0, line.find_last_of(' ', kLongest)) + " ...";
    if (!fact.source.empty()) line += paint("  (" + printable(fact.source) + ")", Ink::dim, style);
    text += "    " + line + "\n";
  }
}

void add_finding(std::string& text, const Finding& finding, const Style& style, Detail detail) {
  text += "\n" + paint(rules::to_text(finding.severity), ink_of(finding.severity), style) + ": " +
          paint(printable(finding.title), Ink::bold, style) + "\n";
  if (detail == Detail::full) {
    text += wrap(finding.why, 2, style.width);
    add_evidence(text, finding, style);
  }
  for (const auto& step : finding.fix) text += "  fix: " + printable(step) + "\n";
  const std::string subject = subject_text(finding.subject);
  text += paint("  [" + finding.rule + "]" + (subject.empty() ? "" : " " + subject), Ink::dim, style) + "\n";
}

// Findings of one cause about one environment, or else about one subject, the strongest first.
std::vector<std::vector<const Finding*>> by_cause(const std::vector<Finding>& findings,
                                                  const facts::Document& facts) {
  std::vector<std::vector<const Finding*>> groups;
  std::map<std::pair<std::string, std::string>, std::size_t> places;
  for (const auto& finding : findings) {
    const auto environment = environment_of(facts, finding.subject);
    const auto about = environment.empty() ? finding.subject.kind + " " + finding.subject.id : environment;
    const auto key = std::pair{finding.cause, about};
    const auto [place, is_new] = places.emplace(key, groups.size());
    if (is_new) groups.emplace_back();
    groups[place->second].push_back(&finding);
  }
  return groups;
}

}  // namespace

Ink ink_of(rules::Severity severity) {
  using rules::Severity;
  return severity == Severity::error ? Ink::red : severity == Severity::warning ? Ink::yellow : Ink::blue;
}

std::string subject_text(const rules::SubjectName& subject) {
  return subject.kind == "host" ? "" : subject.kind + " " + printable(subject.id);
}

std::string quoted_text(const rules::Evidence& line, std::size_t indent, const Style& style) {
  return std::string(indent, ' ') + paint(printable(line.source) + ": ", Ink::dim, style) +
         printable(line.value) + "\n";
}

std::string findings_text(const std::vector<Finding>& findings, const facts::Document& facts,
                          const Style& style, Detail detail) {
  std::string text;
  for (const auto& group : by_cause(findings, facts)) {
    add_finding(text, *group.front(), style, detail);
    for (const auto* other : group) {
      if (other == group.front()) continue;
      text += "  also: " + printable(other->title) + paint("  [" + other->rule + "]", Ink::dim, style) + "\n";
    }
  }
  return text;
}

}  // namespace preflight::report
