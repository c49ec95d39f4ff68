// A rule's example into a document of facts.
#pragma once

#include <vector>

#include "facts/document.hpp"
#include "rules/rule.hpp"
#include "support/json_reader.hpp"

namespace preflight::rules {

// Reads the next value of `reader`, an object from names of facts to values: null is absent, a plural has a
// list of subjects, and what is not named stays unknown. Problems are appended with offsets in the file.
// False when the text itself is malformed; then the reader knows the problem.
bool read_example(JsonReader& reader, const Rule& rule, facts::Document& document,
                  std::vector<Issue>& issues);

}  // namespace preflight::rules
