// Rules over facts: what matched, and what could not be decided.
#pragma once

#include <string>
#include <vector>

#include "facts/document.hpp"
#include "rules/rule.hpp"
#include "tables/tables.hpp"

namespace preflight::rules {

struct SubjectName {
  std::string kind;
  std::string id;
  friend auto operator<=>(const SubjectName&, const SubjectName&) = default;
};

// A fact that a finding rests on.
struct Evidence {
  SubjectName subject;
  std::string path;    // within the subject: torch.cuda, packages["numpy"]
  std::string value;   // for people; "absent" when the fact is
  std::string source;  // where it was read
};

struct Finding {
  std::string rule;
  std::string cause;
  Severity severity = Severity::error;
  SubjectName subject;
  std::string title;
  std::string why;
  std::vector<std::string> fix;
  std::vector<Evidence> evidence;
  std::vector<std::string> sources;  // of the rule, then of the table rows that were used
};

struct MissingFact {
  std::string path;  // as an expression names it: env.torch.cuda, gpus["0000:3b:00.0"].model.name
  std::string reason;
  friend auto operator<=>(const MissingFact&, const MissingFact&) = default;
};

// A rule that could not be decided, with all subjects for which the same was missing.
struct Undecided {
  std::string rule;
  Severity severity = Severity::error;
  std::vector<SubjectName> subjects;  // empty when it isn't known which subjects there are
  std::vector<MissingFact> missing;
};

struct Judgement {
  // By severity, then in the rules' order; findings of one cause stand together, behind the strongest.
  std::vector<Finding> findings;
  std::vector<Undecided> undecided;  // in the rules' order
  std::size_t evaluated = 0;         // rules, counted once for each subject
};

Judgement judge(const RuleSet& set, const facts::Document& document, const tables::Tables& tables);

}  // namespace preflight::rules
