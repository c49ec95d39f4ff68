// Messages with placeholders: "Driver {driver.module_version} is too old". "{{" and "}}" stand for braces.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "rules/checker.hpp"
#include "rules/evaluator.hpp"

namespace preflight::rules {

struct Template {
  struct Placeholder {
    std::uint32_t begin;  // of the opening brace
    std::uint32_t end;    // after the closing brace
    NodeIndex node;
  };
  std::string_view text;
  std::vector<Placeholder> placeholders;
};

// `text` must outlive the template. Problems are appended to `issues`, with offsets in the text. `tree` is
// working memory.
Template parse_template(std::string_view text, Checker& checker, SyntaxTree& tree,
                        std::vector<Issue>& issues);

// Values that are not known are shown as "unknown" and "absent". The subject is the evaluator's.
std::string render(const Template& message, Evaluator& evaluator);

}  // namespace preflight::rules
