// How a let is named: `floor`, or with parameters `runs_here(package, gpu)`.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace preflight::rules {

// Views point into the text.
struct LetHead {
  std::string_view name;
  std::vector<std::string_view> parameters;  // none: a plain value
};

// Nothing when the text is no such name.
std::optional<LetHead> read_let_head(std::string_view text);

}  // namespace preflight::rules
