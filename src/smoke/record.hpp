// The test and the facts of a document: what ranks compare, and what a run found.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "facts/document.hpp"
#include "smoke/run.hpp"

namespace preflight::smoke {

// What this host's ranks bring to the comparison, beyond what their workers see: the loaded kernel module,
// the variables that steer NCCL, the interfaces that are up.
std::map<std::string, std::string> comparable_facts(const facts::Document& document);

// The libnccl that `import torch` loads in the environment that was asked for, or in the active one; else the
// SONAME, for the loader to find.
std::string nccl_to_load(const facts::Document& document);

struct Recording {
  const RunPlan& plan;
  const RunResult& result;
  std::optional<double> least_bus_bandwidth;  // bytes a second
};

// Bus bandwidth as nccl-tests defines it, in bytes a second; nothing where it was not measured.
struct Bandwidths {
  double algorithm = 0, bus = 0;
};
std::optional<Bandwidths> bandwidths(const RunPlan& plan, const RunResult& result);

// Whether every sum was right and what was asked for was reached: the same in every process of the run.
bool passed(const Recording& recording);

void record(const Recording& recording, facts::Document& document);

}  // namespace preflight::smoke
