// What stands between a build and what is given.
#pragma once

#include <string>
#include <vector>

#include "plan/builds.hpp"
#include "plan/given.hpp"

namespace preflight::plan {

enum class Bound { exactly, at_least, at_most };

// One given thing that rules a build out, and what that thing would have to be instead.
struct Obstacle {
  Thing thing;
  std::string why;    // a sentence; empty for a torch or CUDA that simply isn't the one asked for
  std::string of;     // the release or build that ends the sentence: "2.8.0+cu128"; empty for none
  std::string needs;  // "525.60.13"; the name of a GPU to be left out; empty when nothing is known to help
  Bound bound = Bound::exactly;
};

// Everything that stands in the way, by the tables alone.
std::vector<Obstacle> find_obstacles(const Build& build, const Given& given, const tables::Tables& tables);

// The CUDA that the driver brings, or the forward-compatibility libcuda before it; empty when not known.
std::string brought_cuda(const Given& given, const tables::Tables& tables);

}  // namespace preflight::plan
