// Lines of a log among the evidence of a finding.
#pragma once

#include <optional>
#include <vector>

#include "facts/document.hpp"
#include "rules/judge.hpp"

namespace preflight::report {

// The first line of a message: its source is where it stands. Empty for other subjects.
std::optional<rules::Evidence> quoted_line(const facts::Document& document,
                                           const rules::SubjectName& subject);

// Puts the lines that a finding rests on before its other evidence, in place of the facts of those messages.
void quote_lines(const facts::Document& document, std::vector<rules::Finding>& findings);

}  // namespace preflight::report
