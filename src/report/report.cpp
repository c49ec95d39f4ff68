#include "report/report.hpp"

#include <algorithm>

#include "facts/registry.hpp"

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
  report.unreadable = unreadable_core_facts(report.facts);
  report.verdict = judge(report, policy);
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
