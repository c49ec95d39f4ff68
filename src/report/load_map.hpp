// The load map: which files `import torch` loads in each environment, why these, and which GPUs they have
// code for.
#pragma once

#include <string>

#include "facts/document.hpp"
#include "report/layout.hpp"

namespace preflight::report {

// A tree for people. System libraries that every program loads are left out unless `all`.
enum class Libraries { of_the_stack, all };
std::string load_map_text(const facts::Document& document, const Style& style, Libraries libraries);

// {"schema", "target", "environments": [{"prefix", "torch", "missing", "undefined", "libraries": [{"soname",
// "path", "needed_by", "found_by", "stage", "lost", "version", "gpu_code": {"sass", "ptx"}}], "extensions":
// [...]}]}. Facts that are absent are null, as are those that aren't known; a list that isn't known is null.
std::string load_map_json(const facts::Document& document);

constexpr int kLoadMapSchema = 1;

}  // namespace preflight::report
