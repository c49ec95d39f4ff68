// What an evaluation read and missed, in words.
#pragma once

#include <vector>

#include "rules/evaluator.hpp"
#include "rules/judge.hpp"

namespace preflight::rules {

// The fact's name in an expression; `bound` is the subject that has a name of its own there, if any.
std::string fact_name(const SubjectFacts* subject, std::string_view path, const SubjectFacts* bound);

std::vector<MissingFact> missing_facts(const Unknown& unknown, const SubjectFacts* bound);

// Each fact once, in the order of reading.
std::vector<Evidence> evidence_of(const std::vector<Read>& reads);

// Appends the sources of the table rows that were read, each once.
void append_table_sources(const std::vector<Read>& reads, std::vector<std::string>& sources);

}  // namespace preflight::rules
