// The load map: which files `import torch` loads in each environment, why these, and which GPUs they have
// code for.
#pragma once

#include <string>

#include "facts/document.hpp"
#include "report/layout.hpp"

namespace preflight::report {

// A tree for people. System libraries that every program loads are left out unless `all`; extensions after
// the fortieth are counted.
enum class Libraries { of_the_stack, all };
std::string load_map_text(const facts::Document& document, const Style& style, Libraries libraries);

// docs/stack.md describes it. A fact that isn't known is null, as an absent one is, and stands with the
// reason in "unknown" beside it.
std::string load_map_json(const facts::Document& document);

constexpr int kLoadMapSchema = 1;

}  // namespace preflight::report
