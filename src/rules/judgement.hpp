// What the rules say of a facts document. (Placed here by the founder: the report layer is written against
// exactly these structs; please implement `judge` with them. Namespace preflight::rules.)
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace preflight::rules {

enum class Severity { note, warning, error };

// Which subject a statement is about.
struct SubjectName {
  std::string kind;  // "host", "environment", ...
  std::string id;
};

// A fact that a condition read.
struct Evidence {
  SubjectName subject;
  std::string fact;    // path within the subject
  std::string value;   // for people; "absent" for an absent fact
  std::string source;  // the fact's provenance
};

// A rule that matched, bound to what it matched.
struct Finding {
  std::string rule;
  std::string cause;
  Severity severity = Severity::error;
  SubjectName subject;
  std::string title;
  std::string why;
  std::vector<std::string> fix;
  std::vector<Evidence> evidence;
  std::vector<std::string> sources;
};

// A rule that could not be decided, for the subjects where the same facts were missing.
struct Undecided {
  std::string rule;
  Severity severity = Severity::error;
  std::vector<SubjectName> subjects;
  std::vector<std::string> missing;  // "driver.module_version: files at rest show no running system"
};

struct Judgement {
  std::vector<Finding> findings;  // most severe first; those of one cause together
  std::vector<Undecided> undecided;
  std::size_t judged = 0;  // how many (rule, subject) pairs were evaluated
};

}  // namespace preflight::rules
