// Which environment a finding is about.
#pragma once

#include <string>

#include "facts/document.hpp"
#include "rules/judge.hpp"

namespace preflight::report {

// The environment that the subject is or is a part of (a loaded library, an extension), by its id; empty for
// what belongs to none.
std::string environment_of(const facts::Document& document, const rules::SubjectName& subject);

}  // namespace preflight::report
