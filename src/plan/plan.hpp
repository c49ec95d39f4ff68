// Which combinations of PyTorch, CUDA, Python, driver and GPU are known to be good, and what to change where
// none is. docs/plan.md says what counts as good, and why the best come first.
#pragma once

#include <string>
#include <vector>

#include "plan/builds.hpp"
#include "plan/driver_range.hpp"
#include "plan/given.hpp"
#include "plan/obstacles.hpp"
#include "rules/judge.hpp"

namespace preflight::plan {

enum class DriverSupport {
  unknown,        // no driver is given, or its branch isn't in the tables
  native,         // it brings this CUDA or a later one
  minor_version,  // it brings an older one of the same family
};

struct Combination {
  Build build;
  std::string torchvision;  // empty where none is known
  std::string torchaudio;
  std::string command;
  DriverSupport support = DriverSupport::unknown;
  DriverRange driver;                    // that serves the build and the GPUs
  std::string own_driver;                // that came with its CUDA; may be empty
  std::vector<rules::Finding> findings;  // warnings and notes
};

// A build that the tables allow and a rule condemns.
struct LeftOut {
  Build build;
  rules::Finding finding;
};

// What one given thing allows by itself, or why it rules out what was asked for.
struct Reason {
  Thing thing;
  std::string text;
};

struct ChangedThing {
  Thing thing;
  std::string to;  // of GPUs: those to leave out
  Bound bound = Bound::exactly;
};

// A smallest change that leads to a combination.
struct Change {
  std::vector<ChangedThing> things;
  Combination best;
};

struct Plan {
  Given given;
  std::string brought_cuda;               // that the driver brings; may be empty
  std::vector<Combination> combinations;  // the best first
  std::vector<LeftOut> left_out;
  std::vector<Reason> reasons;
  std::vector<Change> changes;  // where there is no combination
};

Plan make_plan(Given given, const rules::RuleSet& rules, const tables::Tables& tables);

}  // namespace preflight::plan
