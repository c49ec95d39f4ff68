#include "smoke/round.hpp"

#include <algorithm>
#include <deque>
#include <iterator>

#include "smoke/coordinator.hpp"
#include "smoke/local_rank.hpp"

namespace preflight::smoke {

namespace {

// After the end of the round's time: for the last words of rank 0 to arrive.
constexpr Milliseconds kLastWords{400};

int milliseconds_until(Time when) {
  const auto left = std::chrono::ceil<Milliseconds>(when - Clock::now()).count();
  return static_cast<int>(std::clamp<long long>(left, 0, 1000));
}

class Round {
 public:
  explicit Round(const RoundPlan& plan) : plan_(plan) {}

  Result<RoundResult> run() {
    const Time begin = Clock::now();
    if (plan_.first_rank == 0) {
      auto made = Coordinator::make(plan_, begin);
      if (!made) return made.error();
      coordinator_.emplace(std::move(*made));
    }
    const auto port = plan_.server_port == 0 ? coordinator_->port() : plan_.server_port;
    for (int index = 0; index < plan_.ranks; ++index) ranks_.emplace_back(plan_, index, port, begin);
    while (!ended() && Clock::now() < plan_.until + kLastWords) {
      wait();
      const Time now = Clock::now();
      if (coordinator_) coordinator_->step(now);
      for (auto& rank : ranks_) rank.step(now);
    }
    auto found = result();
    end_workers();
    return found;
  }

 private:
  bool ended() const {
    return (!coordinator_ || coordinator_->ended()) &&
           std::ranges::all_of(ranks_, [](const LocalRank& rank) { return rank.ended(); });
  }

  void wait() {
    std::vector<pollfd> polled;
    Time next = plan_.until + kLastWords;
    if (coordinator_) {
      polled.push_back({coordinator_->descriptor(), POLLIN, 0});
      next = std::min(next, coordinator_->next_time());
    }
    for (const auto& rank : ranks_) {
      rank.add_polled(polled);
      next = std::min(next, rank.next_time());
    }
    ::poll(polled.data(), polled.size(), milliseconds_until(next));
  }

  // Rank 0's view, where it is here; else what it told, or what kept it from telling.
  std::vector<Trouble> troubles() const {
    if (coordinator_ && coordinator_->ended()) return coordinator_->troubles();
    std::vector<Trouble> all;
    for (const auto& rank : ranks_) {
      if (rank.ended() && rank.troubles().empty()) continue;
      if (!rank.ended()) {
        all.push_back(rank.as_trouble());
      } else if (all.empty()) {
        all = rank.troubles();
      }
    }
    return all;
  }

  RoundResult result() {
    RoundResult result;
    result.troubles = troubles();
    for (auto& rank : ranks_) {
      if (!result.outcome && rank.outcome()) result.outcome = rank.outcome();
      if (!result.init_code) result.init_code = rank.init_code();
      result.logs.push_back({rank.rank(), rank.log()});
      if (auto connection = rank.take_connection()) result.connections.push_back(std::move(connection));
    }
    if (coordinator_) {
      result.overview = coordinator_->take_overview();
      auto others = coordinator_->take_connections();
      std::ranges::move(others, std::back_inserter(result.connections));
    }
    return result;
  }

  // All together: a process that holds a GPU takes long to end.
  void end_workers() {
    std::vector<Worker*> workers;
    for (auto& rank : ranks_) workers.push_back(&rank.worker());
    Worker::wait_for_all(workers, Clock::now());
  }

  const RoundPlan& plan_;
  std::optional<Coordinator> coordinator_;
  std::deque<LocalRank> ranks_;
};

}  // namespace

Milliseconds most_silence(const RoundPlan& plan) {
  constexpr Milliseconds kLeast{1'500};  // three signs of life
  constexpr Milliseconds kMost{10'000};
  return std::clamp(plan.stage, kLeast, kMost);
}

Result<RoundResult> run_round(const RoundPlan& plan) {
  return Round(plan).run();
}

}  // namespace preflight::smoke
