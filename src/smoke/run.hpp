// The whole test: a round with everyone, and after a failure further ones that look for its cause.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "smoke/launcher.hpp"
#include "smoke/round.hpp"

namespace preflight::smoke {

// What to do after a hang, an error of NCCL's or a wrong sum.
enum class AfterFailure {
  stop,
  try_without,  // once again without one of NCCL's ways after the other
  bisect        // look for the node
};

struct RunPlan {
  Placement placement;
  std::string own_host;
  std::string secret;                        // that the ranks know each other by; empty: the job's id
  std::map<std::string, std::string> facts;  // of this host, for the comparison
  RankWork work;
  std::optional<int> ranks;  // of this node, where no launcher says it; else as many as GPUs
  Milliseconds arrival{60'000};
  Milliseconds stage{30'000};
  Milliseconds whole{300'000};
  AfterFailure after_failure = AfterFailure::try_without;
  std::function<void(const std::string&)> tell;  // where the run is, for people
};

// One of NCCL's ways switched off, and what came of it.
struct Attempt {
  std::string variable;  // "NCCL_P2P_DISABLE"
  std::string value;
  std::string outcome;  // "passed", or the first trouble
  bool passed = false;
};

struct RunResult {
  int world = 0;
  bool has_rank_0 = false;  // this process knows the overview
  RoundResult round;        // the first, with everyone
  std::vector<Attempt> attempts;
  std::vector<std::string> bad_hosts;
  std::vector<std::pair<std::string, std::string>> bad_pairs;
  std::vector<Descriptor> connections;  // of the last round
};

// Every sum was right.
bool passed(const RoundResult& round);

// The settings that are tried in turn.
struct Setting {
  const char* variable;
  const char* value;
};
std::vector<Setting> settings_to_try(const std::map<std::string, std::string>& set_already);

// Errors: the server's port can't be taken.
Result<RunResult> run_test(const RunPlan& plan);

}  // namespace preflight::smoke
