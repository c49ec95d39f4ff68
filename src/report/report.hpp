// The report as a model; the formats beside it only print it.
#pragma once

#include <string>
#include <vector>

#include "facts/document.hpp"
#include "rules/judge.hpp"

namespace preflight::report {

enum class Verdict { ready, not_ready, undetermined };

enum class Undecided {
  listed,   // rules that could not be decided are listed and change nothing
  blocking  // one at or above `fail_on` makes the verdict undetermined (--strict)
};

struct Policy {
  rules::Severity fail_on = rules::Severity::error;
  Undecided undecided = Undecided::listed;
};

// A core fact that was there to be read and couldn't be.
struct Unreadable {
  rules::SubjectName subject;
  std::string fact;
  std::string reason;
};

struct Report {
  Verdict verdict = Verdict::undetermined;
  std::vector<Unreadable> unreadable;
  rules::Judgement judgement;
  // Findings about environments that the job wouldn't use: told, but without a say in the verdict.
  std::vector<rules::Finding> elsewhere;
  facts::Document facts;
};

// Where the active environment (the one that python on PATH leads to) has torch and none was asked for by
// name, only findings about it, and about what is no environment's own, count; those about others go to
// `elsewhere`. A finding at or above `fail_on` makes the verdict "not ready", whatever else is unknown;
// otherwise an unreadable core fact makes it "undetermined". The packages of an environment are core only
// where it was asked for.
Report make_report(facts::Document document, rules::Judgement judgement, const Policy& policy);

// The report of a smoke test. Its verdict is about the test alone: "ready" or "not ready". What the rules say
// of the host counts where the test failed, as its explanation, and is left out where it passed.
Report make_smoke_report(facts::Document document, rules::Judgement judgement, const Policy& policy);

std::string_view to_text(Verdict verdict);  // "ready", "not-ready", "undetermined"

}  // namespace preflight::report
