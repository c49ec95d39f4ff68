// What the double is to do, from the file that PREFLIGHT_NCCL_SCENARIO names. Lines:
//
//   set NAME TEXT                           version, cuda, network, path, warning
//   WHO FUNCTION ACTION [ARGUMENT] [unless NAME=VALUE] [with HOST]
//
// WHO: "all" or "rank=3". FUNCTION: a function of NCCL's. ACTION: "delay" (milliseconds), "hang", "crash",
// "error" (a result of NCCL's), "wrong-from" (ncclAllReduce: bytes from which on its last element is wrong),
// "mark" (adds a line to the file of this name), "garbage" (success, and what is given back is filled with
// 0xA5: ncclGetVersion, ncclGetUniqueId, ncclCommInitRank, ncclAllReduce). A line with "unless" doesn't count
// where the environment variable has the value; one with "with", only where the communicator has a rank on
// the host. "#" begins a comment.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace nccl_double {

struct Step {
  std::optional<int> rank;  // nothing: all
  std::string function, action, argument;
  std::string with;  // a host; empty: any
};

// Who calls a function.
struct Caller {
  std::optional<int> rank;
  std::vector<std::string> hosts;  // of its communicator
};

struct Scenario {
  std::map<std::string, std::string> settings;
  std::vector<Step> steps;

  std::string setting(const std::string& name, const std::string& otherwise) const;

  // The argument of the first matching step of this action.
  std::optional<std::string> find(const std::string& function, const std::string& action,
                                  const Caller& caller) const;
};

// Read again at every call: a test may change the file. No variable: nothing special.
Scenario read_scenario();

// Delays, hangs or crashes as the scenario says; the result to give back, if it's to be an error.
std::optional<int> act(const Scenario& scenario, const std::string& function, const Caller& caller);

}  // namespace nccl_double
