// Whether installed distributions have what they require: the equivalent of `pip check`.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "python/marker.hpp"
#include "python/metadata.hpp"

namespace preflight::python {

// A requirement that applies to this environment and isn't met.
struct UnmetRequirement {
  std::string package;  // normalized name of the distribution that requires
  std::string version;
  std::string requirement;               // as pip prints it: "numpy<2,>=1.22"
  std::string required;                  // normalized name
  std::optional<std::string> installed;  // the version that is there, or none
};

struct UnmetPython {
  std::string package;
  std::string version;
  std::string requires_python;
};

// What couldn't be told, and why: text that is no requirement, a marker about an unknown fact, a version that
// isn't PEP 440.
struct UndecidedRequirement {
  std::string package;
  std::string version;
  std::string requirement;  // as written
  std::string reason;
};

struct CheckResult {
  std::vector<UnmetRequirement> unmet;
  std::vector<UnmetPython> unmet_python;
  std::vector<UndecidedRequirement> undecided;
};

// Judges what `pip check` judges: Requires-Dist without extras, any installed pre-release accepted; of a name
// that is installed twice the first counts. Beyond pip, Requires-Python against `python_full_version`. Where
// pip drops a distribution whose metadata it can't parse, and calls it missing, here it counts as installed
// and is undecided.
CheckResult check_requirements(const std::vector<Metadata>& installed, const MarkerEnvironment& environment);

}  // namespace preflight::python
