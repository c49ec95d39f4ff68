// One round of the test: every rank meets the others, joins a communicator, and all-reduces.
//
// All of it happens in one loop: for each rank that this process has, a client of the rendezvous and a
// worker; and where rank 0 is, the server. When the round is over, nothing of it is left but the connections.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "smoke/clock.hpp"
#include "smoke/compare.hpp"
#include "smoke/groups.hpp"
#include "smoke/log_summary.hpp"
#include "smoke/meeting.hpp"
#include "smoke/outcome.hpp"
#include "smoke/rank_work.hpp"
#include "smoke/socket.hpp"
#include "smoke/token.hpp"
#include "smoke/trouble.hpp"
#include "support/descriptor.hpp"
#include "support/result.hpp"

namespace preflight::smoke {

// Whether one rank's failure ends the round for all, or counts as the outcome of its group.
enum class Failures { end_round, are_outcomes };

// What only rank 0's process knows.
struct Overview {
  std::vector<RankFacts> ranks;
  std::vector<Difference> differences;
  Groups groups;
  LogSummary log;  // of all ranks
};

struct RoundPlan {
  int world = 1;
  int first_rank = 0;    // of this process
  int first_device = 0;  // of this process' first rank; the others follow
  int ranks = 1;         // of this process
  std::string server_host;
  std::uint16_t server_port = 0;  // 0: any free one; then all ranks are this process'
  Key token{};
  std::string own_host;
  std::map<std::string, std::string> facts;  // of this host, for the comparison
  RankWork work;                             // of each rank; its device is set by rank
  Milliseconds arrival{60'000};              // for every rank to come
  Milliseconds stage{30'000};                // for every other stage
  Time until;                                // nothing lasts longer
  Failures failures = Failures::end_round;
  // Rank 0's: from the hosts of all ranks to who is in one communicator with whom. Without it, all are.
  std::function<Groups(const std::vector<std::string>&)> group;
  // Rank 0's: may set `again` at the end.
  std::function<void(Outcome&, const Overview&)> conclude;
  // Rank 0's: called as the round comes to each meeting.
  std::function<void(Meeting)> progress;
};

// How long nothing may be heard of a rank, or of rank 0, before it counts as cut off: no longer than a stage
// may last, so that a rank that is cut off ends in time, too.
Milliseconds most_silence(const RoundPlan& plan);

// NCCL's log of one of this process' ranks.
struct RankLog {
  int rank = 0;
  std::string text;
};

struct RoundResult {
  std::vector<Trouble> troubles;   // empty when every rank came through
  std::optional<Outcome> outcome;  // then
  Overview overview;
  std::vector<RankLog> logs;
  std::optional<int> init_code;  // what cuInit returned where it failed
  // To the other processes: wait_until_closed() on one side lasts as long as the other keeps them.
  std::vector<Descriptor> connections;
};

// Errors: the server's port can't be taken.
Result<RoundResult> run_round(const RoundPlan& plan);

}  // namespace preflight::smoke
