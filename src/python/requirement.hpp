// Requirements of PEP 508: `torch[opt]>=2.1,<3; python_version >= "3.8"`. Behaviour follows Python's
// `packaging.requirements`.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "python/marker.hpp"
#include "python/specifier.hpp"
#include "support/result.hpp"

namespace preflight::python {

struct Requirement {
  std::string name;                 // as written
  std::string normalized_name;      // PEP 503
  std::vector<std::string> extras;  // as written; sorted, each once
  SpecifierSet specifiers;
  std::string url;  // of `name @ url`; empty when there is none
  std::optional<Marker> marker;
};

// Also takes specifiers in parentheses, as old metadata has them: "numpy (>=1.20)".
Result<Requirement> parse_requirement(std::string_view text);

// As `str(Requirement)` and pip's messages print it.
std::string to_text(const Requirement& requirement);

}  // namespace preflight::python
