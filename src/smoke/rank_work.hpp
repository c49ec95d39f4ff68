// What one rank's worker does with the vendor libraries, step by step as its owner tells it. Everything here
// may hang or crash.
//
// The worker loads, initialises and makes a context at once; then it waits for the owner's words. It answers
// each step with a part, a JSON object: {"done": STAGE, ...} or, as the last one, {"failed": WHY}.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "smoke/stage.hpp"
#include "support/worker.hpp"

namespace preflight::smoke {

struct RankWork {
  std::string nccl;                              // path or SONAME of the libnccl to load
  int device = 0;                                // counted on among the GPUs that CUDA shows
  std::map<std::string, std::string> variables;  // set in the worker's environment before it loads anything
  std::vector<std::size_t> sizes;                // of the all-reduces, in bytes
  std::size_t bandwidth_size = 0;                // bytes
  int iterations = 0;                            // that are timed
};

void work(const RankWork& plan, WorkerReport& report);

// Only how many GPUs CUDA shows: {"done": "init", "gpus": N}.
void count_gpus(WorkerReport& report);

// What the owner says.
std::string make_identifier_text();                                         // answered by {"id": HEX}
std::string join_text(const std::string& identifier, int rank, int count);  // ... "communicator"
std::string step_text(Stage stage);  // all_reduce, verify, bandwidth, teardown

}  // namespace preflight::smoke
