// One rank of this process: its client of the rendezvous, and its worker, which one leads by the other.
#pragma once

#include <optional>
#include <poll.h>
#include <string>
#include <vector>

#include "smoke/groups.hpp"
#include "smoke/outcome.hpp"
#include "smoke/rendezvous_client.hpp"
#include "smoke/round.hpp"
#include "support/descriptor.hpp"
#include "support/worker.hpp"

namespace preflight::smoke {

class LocalRank {
 public:
  // `index` counts the ranks of this process. `plan` must outlive it.
  LocalRank(const RoundPlan& plan, int index, std::uint16_t server_port, Time now);

  void add_polled(std::vector<pollfd>& all) const;
  Time next_time() const;
  void step(Time now);

  bool ended() const { return client_.ended(); }
  const std::vector<Trouble>& troubles() const { return client_.troubles(); }
  const std::optional<Outcome>& outcome() const { return outcome_; }
  std::optional<int> init_code() const { return init_code_; }
  int rank() const { return rank_; }
  Descriptor take_connection() { return client_.take_connection(); }
  Worker& worker() { return *worker_; }  // for its end

  // For a round that doesn't end by itself.
  Trouble as_trouble() const;

  // What NCCL has logged until the end of the round: what the end of other ranks makes it say is left out.
  std::string log() const;

 private:
  void follow_worker(Time now);
  void take_part(const std::string& part, Time now);
  void finish_step(const std::string& done, Time now);
  void enter(Stage stage, Time now);
  void meet(Meeting meeting, std::string text);
  void meet_conclusion();
  void compare_when_ready();
  void follow_reply(const std::string& reply, Time now);
  void join_group(const std::string& reply, Time now);
  void take_identifiers(const std::string& reply, Time now);
  void begin_step(Stage stage, const std::string& text, Time now);
  void conclude(const std::string& reply, Time now);
  void look_at_log(Time now);
  bool has_news() const;
  void tell_doing(Time now);
  void fail(const std::string& reason, Time now);
  void give_up(Failure failure, Time now);
  bool is_own_deadline() const;
  bool takes_part() const { return failure_.empty() && place_.group != kRests; }

  const RoundPlan& plan_;
  int rank_;
  RankWork work_;
  Descriptor log_;
  std::optional<Worker> worker_;
  RendezvousClient client_;
  std::size_t parts_taken_ = 0;
  Stage stage_ = Stage::load;
  bool working_ = true;    // the worker has something to do, and has not answered
  bool prepared_ = false;  // up to the context
  bool finished_ = false;  // the worker has done all
  Time stage_end_;
  std::string warnings_;  // NCCL's last
  std::size_t log_seen_ = 0;
  Time look_at_;
  std::optional<std::string> whole_log_;
  std::string told_;           // what rank 0 knows of the worker's doing
  std::string told_warnings_;  // and of NCCL's warnings
  Time tell_at_;
  Meeting next_ = Meeting::comparison;  // that this rank will come to
  bool arrived_ = false;                // everyone is there
  std::map<std::string, std::string> facts_;
  GroupPlace place_;
  std::string failure_;  // why this rank can't go on
  RankConclusion conclusion_;
  std::optional<Outcome> outcome_;
  std::optional<int> init_code_;
};

}  // namespace preflight::smoke
