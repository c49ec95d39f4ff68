#include "report/report.hpp"

#include <algorithm>

#include "facts/registry.hpp"
#include "report/owner.hpp"
#include "report/quoted_lines.hpp"

namespace preflight::report {

namespace {

bool was_asked_for(const facts::Subject& subject) {
  const bool* requested = subject.boolean("requested");
  return subject.kind != "environment" || (requested != nullptr && *requested);
}

std::vector<Unreadable> unreadable_core_facts(const facts::Document& document) {
  std::vector<Unreadable> found;
  for (const auto& subject : document.subjects) {
    if (!was_asked_for(subject)) continue;
    for (const auto& [path, fact] : subject.facts) {
      const auto* declaration = facts::find_fact(subject.kind, path);
      if (declaration == nullptr || declaration->weight != facts::Weight::core) continue;
      const auto* why = fact.unknown();
      if (why != nullptr && why->gap == facts::Gap::unreadable) {
        found.push_back({{subject.kind, subject.id}, path, why->reason});
      }
    }
  }
  return found;
}

// Prefixes of the environments whose findings have no say.
std::vector<std::string> ignored_prefixes(const facts::Document& document) {
  const auto environments = document.of_kind("environment");
  const auto is_the_one = [](const facts::Subject* environment) {
    return environment->is_true("active") && environment->text("torch.version") != nullptr;
  };
  const auto is_requested = [](const facts::Subject* environment) {
    return environment->is_true("requested");
  };
  std::vector<std::string> prefixes;
  if (std::ranges::any_of(environments, is_requested) || std::ranges::none_of(environments, is_the_one))
    return prefixes;
  for (const auto* environment : environments) {
    if (!environment->is_true("active")) prefixes.push_back(environment->id);
  }
  return prefixes;
}

// Whether the subject is one of these environments, a part of one or a file in one.
bool belongs_to(const facts::Document& document, const rules::SubjectName& subject,
                const std::vector<std::string>& prefixes) {
  if (subject.kind == "library") {
    return std::ranges::any_of(
        prefixes, [&](const std::string& prefix) { return subject.id.starts_with(prefix + "/"); });
  }
  const auto environment = environment_of(document, subject);
  return !environment.empty() && std::ranges::find(prefixes, environment) != prefixes.end();
}

Verdict judge(const Report& report, const Policy& policy) {
  const auto weighs = [&](const auto& statement) { return statement.severity <= policy.fail_on; };
  if (std::ranges::any_of(report.judgement.findings, weighs)) return Verdict::not_ready;
  if (!report.unreadable.empty()) return Verdict::undetermined;
  const bool blocking = policy.undecided == Undecided::blocking;
  if (blocking && std::ranges::any_of(report.judgement.undecided, weighs)) return Verdict::undetermined;
  return Verdict::ready;
}

}  // namespace

Report make_report(facts::Document document, rules::Judgement judgement, const Policy& policy) {
  Report report;
  report.facts = std::move(document);
  report.judgement = std::move(judgement);
  auto& findings = report.judgement.findings;
  quote_lines(report.facts, findings);
  const auto prefixes = ignored_prefixes(report.facts);
  const auto others = std::stable_partition(
      findings.begin(), findings.end(),
      [&](const rules::Finding& finding) { return !belongs_to(report.facts, finding.subject, prefixes); });
  report.elsewhere.assign(std::make_move_iterator(others), std::make_move_iterator(findings.end()));
  findings.erase(others, findings.end());
  report.unreadable = unreadable_core_facts(report.facts);
  report.verdict = judge(report, policy);
  return report;
}

Report make_smoke_report(facts::Document document, rules::Judgement judgement, const Policy& policy) {
  const auto tests = document.of_kind("smoke_test");
  const bool failed = std::ranges::any_of(tests, [](const facts::Subject* test) {
    const auto* outcome = test->text("outcome");
    return outcome == nullptr || *outcome != "passed";
  });
  const auto is_of_host = [](const auto& finding) { return finding.subject.kind != "smoke_test"; };
  if (!failed) std::erase_if(judgement.findings, is_of_host);
  judgement.undecided.clear();
  auto report = make_report(std::move(document), std::move(judgement), policy);
  report.unreadable.clear();
  const auto& findings = report.judgement.findings;
  const bool weighs = std::ranges::any_of(findings, [&](const rules::Finding& finding) {
    return !is_of_host(finding) && finding.severity <= policy.fail_on;
  });
  report.verdict = failed || weighs ? Verdict::not_ready : Verdict::ready;
  return report;
}

std::string_view to_text(Verdict verdict) {
  switch (verdict) {
    case Verdict::ready:
      return "ready";
    case Verdict::not_ready:
      return "not-ready";
    case Verdict::undetermined:
      return "undetermined";
  }
  return "";
}

}  // namespace preflight::report
