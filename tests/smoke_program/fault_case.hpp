// A run of the smoke test in which one thing fails, on a machine of two GPUs.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "smoke_run.hpp"

namespace preflight::smoke {

struct FaultCase {
  std::shared_ptr<Doubles> doubles;  // its folder is also where libraries are looked for first
  struct Process {
    Arguments arguments;
    Environment environment;
  };
  std::vector<Process> processes;  // the first one prints the report
  // What is done to them, in a process of its own.
  std::function<int(const std::vector<pid_t>&)> meddle;
  Milliseconds due{1'000};  // from the start on, beyond what a healthy run takes
  int rank = 0;             // whose trouble it is; -1: a stranger's
};

// A port of 127.0.0.1 that nobody listens at.
std::uint16_t free_port();

// All ranks in one process, with deadlines of a second.
FaultCase one_process(const std::string& driver, const std::string& nccl);

// Ranks 0 to `started` - 1 of `world`, each a process of its own. Deadlines in seconds.
FaultCase by_processes(int world, int started, int arrival_deadline, int stage_deadline);

// Runs them side by side. What each came to: the rules that matched, and what the report says of the rank.
// Checks that each ends in time, and that nothing is left. A second isn't much on a busy machine: a case that
// is late, or misses a deadline that it is not expected to miss (empty: any), is run again alone.
std::vector<std::string> run_side_by_side(std::span<const FaultCase> cases,
                                          std::span<const std::string> expected);

}  // namespace preflight::smoke
