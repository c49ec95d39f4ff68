#include "smoke/run.hpp"

#include <algorithm>
#include <cstdlib>

#include "smoke/bisection.hpp"
#include "support/json.hpp"

namespace preflight::smoke {

namespace {

std::string first_of(const RoundResult& round) {
  if (!round.troubles.empty()) return summary_of(round.troubles).front();
  if (round.outcome && !round.outcome->wrong.empty()) return to_text(round.outcome->wrong.front());
  return "passed";
}

// Whether NCCL itself hung, failed or summed wrongly, and every rank's process is still there.
bool is_worth_another(const RoundResult& round) {
  if (round.outcome) return !round.outcome->wrong.empty();
  bool any = false;
  for (const auto& trouble : round.troubles) {
    if (!trouble.rank) continue;
    const bool of_nccl = trouble.kind == TroubleKind::stuck || trouble.kind == TroubleKind::failed ||
                         trouble.kind == TroubleKind::lost_another;
    const bool is_late =
        trouble.stage && *trouble.stage >= Stage::communicator && *trouble.stage <= Stage::verify;
    if (!of_nccl || !is_late) return false;
    any = true;
  }
  return any;
}

class Run {
 public:
  explicit Run(const RunPlan& plan) : plan_(plan), until_(Clock::now() + plan.whole) {}

  Result<RunResult> run() {
    if (plan_.placement.unit == LaunchUnit::node) {
      if (auto trouble = count_ranks()) {
        result_.has_rank_0 = plan_.placement.index == 0;
        result_.round.troubles.push_back(std::move(*trouble));
        return std::move(result_);
      }
    }
    const auto base = make_round();
    result_.world = base.world;
    result_.has_rank_0 = base.first_rank == 0;
    auto round = follow_round(base);
    if (!round) return round.error();
    result_.round = std::move(*round);
    if (passed(result_.round) || !is_worth_another(result_.round)) return std::move(result_);
    if (plan_.after_failure == AfterFailure::try_without) try_without(base);
    if (plan_.after_failure == AfterFailure::bisect) bisect(base);
    return std::move(result_);
  }

 private:
  void tell(const std::string& text) const {
    if (plan_.tell) plan_.tell(text);
  }

  // One rank for each GPU that CUDA shows on this node.
  std::optional<Trouble> count_ranks() {
    if (plan_.ranks) {
      ranks_ = *plan_.ranks;
      return std::nullopt;
    }
    const auto outcome = run_worker(count_gpus, std::min(Clock::now() + plan_.stage, until_));
    Trouble trouble;
    trouble.kind = TroubleKind::failed;
    trouble.host = plan_.own_host;
    trouble.stage = Stage::load;
    trouble.detail = "its process " + to_text(outcome);
    for (const auto& part : outcome.parts) {
      const auto json = parse_json(part);
      if (!json || !json->is_object()) continue;
      if (json->contains("done")) trouble.stage = Stage::init;
      if (json->contains("failed") && (*json)["failed"].is_string()) trouble.detail = (*json)["failed"];
      if (json->contains("cuInit") && (*json)["cuInit"].is_number_integer())
        result_.round.init_code = (*json)["cuInit"];
      if (json->contains("gpus") && (*json)["gpus"].is_number_integer()) ranks_ = (*json)["gpus"];
    }
    if (ranks_ > 0) return std::nullopt;
    return trouble;
  }

  RoundPlan make_round() {
    const auto& placement = plan_.placement;
    const bool by_node = placement.unit == LaunchUnit::node;
    RoundPlan round;
    round.ranks = by_node ? ranks_ : 1;
    round.world = placement.count * round.ranks;
    round.first_rank = placement.index * round.ranks;
    round.first_device = by_node ? 0 : placement.local_index.value_or(placement.index);
    round.server_host = placement.server_host.empty() ? "127.0.0.1" : placement.server_host;
    round.server_port = placement.server_port;
    round.own_host = plan_.own_host;
    round.facts = plan_.facts;
    round.work = plan_.work;
    round.arrival = plan_.arrival;
    round.stage = plan_.stage;
    round.until = until_;
    if (placement.launcher == Launcher::none) job_ = new_nonce();
    name_round(round);
    if (round.first_rank == 0) {
      round.progress = [this, world = round.world](Meeting meeting) {
        const std::string ranks = world == 1 ? "1 rank" : std::to_string(world) + " ranks";
        tell(meeting == Meeting::arrival ? "waiting for " + ranks
                                         : std::string(stage_name(stage_of(meeting))));
      };
    }
    return round;
  }

  Result<RoundResult> follow_round(const RoundPlan& plan) {
    auto round = run_round(plan);
    if (round) result_.connections = std::move(round->connections);
    return round;
  }

  // A straggler of one round must not come into the next.
  void name_round(RoundPlan& round) {
    const auto& secret = plan_.secret;
    round.token = key_from_text(secret + "\n" + (job_.empty() ? plan_.placement.job : job_) + "\nround " +
                                std::to_string(++rounds_));
  }

  bool time_is_left() const { return Clock::now() + plan_.stage < until_; }

  void try_without(RoundPlan round) {
    round.work.iterations = 0;
    for (const auto& [variable, value] : settings_to_try(plan_.facts)) {
      if (!time_is_left()) return;
      tell("failed; once again with " + std::string(variable) + "=" + value);
      name_round(round);
      auto again = round;
      again.work.variables[variable] = value;
      const auto tried = follow_round(again);
      if (!tried) return;
      result_.attempts.push_back({variable, value, first_of(*tried), passed(*tried)});
      const bool may_go_on = passed(*tried) || is_worth_another(*tried);
      if (passed(*tried) || !may_go_on) return;
    }
  }

  void bisect(RoundPlan round) {
    round.work.iterations = 0;
    round.failures = Failures::are_outcomes;
    std::vector<std::string> hosts;  // each once, in the order of the ranks
    std::optional<Bisection> bisection;
    NodeGroups groups;
    round.group = [&](const std::vector<std::string>& by_rank) {
      for (const auto& host : by_rank) {
        if (std::ranges::find(hosts, host) == hosts.end()) hosts.push_back(host);
      }
      if (!bisection) bisection.emplace(hosts.size());
      groups = bisection->next();
      return groups_of(by_rank, hosts, groups);
    };
    round.conclude = [&](Outcome& outcome, const Overview& overview) {
      std::vector<bool> failed(groups.size(), false);
      const auto blame = [&](int rank) {
        const auto group = static_cast<std::size_t>(place_in(overview.groups, rank, round.world).group);
        if (group < failed.size()) failed[group] = true;
      };
      for (const auto& [rank, failure] : outcome.failures) blame(rank);
      for (const auto& wrong : outcome.wrong) blame(wrong.rank);
      bisection->take(failed);
      outcome.again = !bisection->next().empty();
    };
    for (bool again = true; again && time_is_left();) {
      tell("looking for the node");
      name_round(round);
      const auto done = follow_round(round);
      again = done && done->outcome && done->outcome->again;
    }
    if (!bisection) return;
    for (const auto node : bisection->bad()) result_.bad_hosts.push_back(hosts[node]);
    for (const auto& [first, second] : bisection->bad_pairs()) {
      result_.bad_pairs.emplace_back(hosts[first], hosts[second]);
    }
  }

  static Groups groups_of(const std::vector<std::string>& by_rank, const std::vector<std::string>& hosts,
                          const NodeGroups& groups) {
    Groups all;
    for (const auto& host : by_rank) {
      const auto node = static_cast<std::size_t>(std::ranges::find(hosts, host) - hosts.begin());
      const auto found = std::ranges::find_if(
          groups, [&](const auto& group) { return std::ranges::find(group, node) != group.end(); });
      all.of_rank.push_back(found == groups.end() ? kRests : static_cast<int>(found - groups.begin()));
    }
    return all;
  }

  const RunPlan& plan_;
  Time until_;
  int ranks_ = -1;
  std::string job_;
  int rounds_ = 0;
  RunResult result_;
};

}  // namespace

bool passed(const RoundResult& round) {
  return round.troubles.empty() && round.outcome && round.outcome->wrong.empty();
}

// Each is the switch of one family of causes (NCCL's documentation, "Environment variables").
std::vector<Setting> settings_to_try(const std::map<std::string, std::string>& set_already) {
  constexpr Setting kAll[] = {{"NCCL_P2P_DISABLE", "1"},
                              {"NCCL_SHM_DISABLE", "1"},
                              {"NCCL_NVLS_ENABLE", "0"},
                              {"NCCL_CUMEM_ENABLE", "0"}};
  std::vector<Setting> settings;
  for (const auto& setting : kAll) {
    const auto found = set_already.find(setting.variable);
    if (found == set_already.end() || found->second != setting.value) settings.push_back(setting);
  }
  return settings;
}

Result<RunResult> run_test(const RunPlan& plan) {
  return Run(plan).run();
}

}  // namespace preflight::smoke
