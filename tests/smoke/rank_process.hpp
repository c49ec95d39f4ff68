// One rank of a test as a process of its own: it meets the others at every stage and sums with the double of
// libnccl in between, which may hang: that part runs in a child of the rank's process.
#pragma once

#include <string>

#include "smoke/clock.hpp"
#include "smoke/stage.hpp"

namespace preflight::smoke {

struct RankPlan {
  int rank = 0;
  int world = 1;
  std::string server_host = "127.0.0.1";
  std::uint16_t port = 0;
  std::string own_host;
  std::string facts = "{}";            // compared at 'compare'
  Milliseconds late{0};                // before it connects
  Milliseconds stage_deadline{2'000};  // of rank 0's server, for each stage
  std::string report;                  // rank 0 writes the troubles, or the differences, here: a line each
};

// Exit status: 0 when all went well, 1 when there is trouble (of anyone), 2 when it ended otherwise.
int run_rank(const RankPlan& plan);

}  // namespace preflight::smoke
