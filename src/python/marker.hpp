// Environment markers of PEP 508: `python_version >= "3.8" and extra == "test"`. Behaviour follows Python's
// `packaging.markers`.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/result.hpp"

namespace preflight::python {

// What markers can ask about an interpreter; a field without a value is unknown.
struct MarkerEnvironment {
  std::optional<std::string> implementation_name;             // "cpython"
  std::optional<std::string> implementation_version;          // "3.11.7"
  std::optional<std::string> os_name;                         // "posix"
  std::optional<std::string> platform_machine;                // "x86_64"
  std::optional<std::string> platform_python_implementation;  // "CPython"
  std::optional<std::string> platform_release;                // "6.1.0-18-amd64"
  std::optional<std::string> platform_system;                 // "Linux"
  std::optional<std::string> platform_version;                // "#1 SMP Debian 6.1.76-1"
  std::optional<std::string> python_full_version;             // "3.11.7"
  std::optional<std::string> python_version;                  // "3.11"
  std::optional<std::string> sys_platform;                    // "linux"
};

enum class MarkerVariable {
  implementation_name,
  implementation_version,
  os_name,
  platform_machine,
  platform_python_implementation,
  platform_release,
  platform_system,
  platform_version,
  python_full_version,
  python_version,
  sys_platform,
  extra,
  extras,            // for lock files only: never defined here
  dependency_groups  // the same
};

std::string_view to_text(MarkerVariable variable);

struct MarkerOperand {
  std::optional<MarkerVariable> variable;
  std::string literal;  // when it's no variable
};

struct MarkerComparison {
  MarkerOperand left;
  std::string_view operation;  // static text: "<=", "<", "!=", "==", ">=", ">", "~=", "===", "in" or "not in"
  MarkerOperand right;
};

enum class MarkerToken : char { comparison, conjunction, disjunction, open, close };

// An expression from left to right. The n-th `comparison` token stands for `comparisons[n]`; parentheses
// around a single term are left out.
struct Marker {
  std::vector<MarkerToken> tokens;
  std::vector<MarkerComparison> comparisons;
};

// Parentheses may be nested 100 deep.
Result<Marker> parse_marker(std::string_view text);

enum class Truth { no, yes, unknown };

// Unknown when the answer hangs on an unknown field. `extra` is the extra that was asked for, or empty. A
// comparison that has no meaning (`os_name ~= "posix"`, two literals) is malformed.
Result<Truth> evaluate(const Marker& marker, const MarkerEnvironment& environment,
                       std::string_view extra = {});

// True for one of the extras; with none, evaluated without an extra.
Result<Truth> evaluate_any(const Marker& marker, const MarkerEnvironment& environment,
                           const std::vector<std::string>& extras);

// As `str(Marker)` prints it: literals in double quotes, aliases by their present names.
std::string to_text(const Marker& marker);

}  // namespace preflight::python
