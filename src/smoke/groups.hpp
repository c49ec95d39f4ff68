// Which ranks are in one communicator.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "support/result.hpp"

namespace preflight::smoke {

constexpr int kRests = -1;  // instead of a group: the rank only comes to the meetings

struct Groups {
  std::vector<int> of_rank;  // the number of each rank's group, or kRests; empty: all are in one

  friend bool operator==(const Groups&, const Groups&) = default;
};

// A rank's place in its group.
struct GroupPlace {
  int group = 0;
  int first = 0;  // the rank of all that is rank 0 of the group
  int rank = 0;   // within the group
  int count = 1;
};

GroupPlace place_in(const Groups& groups, int rank, int world);

// JSON text, for the ranks, and back. Errors: malformed (also numbers of no group of `world` ranks).
std::string write_groups(const Groups& groups);
Result<Groups> read_groups(std::string_view json, int world);

}  // namespace preflight::smoke
