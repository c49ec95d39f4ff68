// Rank 0's part in a round: opens the meetings one after the other, and answers everyone.
#pragma once

#include <optional>
#include <vector>

#include "smoke/rendezvous_server.hpp"
#include "smoke/round.hpp"

namespace preflight::smoke {

class Coordinator {
 public:
  // `plan` must outlive it. Errors: the port can't be taken.
  static Result<Coordinator> make(const RoundPlan& plan, Time now);

  std::uint16_t port() const { return server_.port(); }
  int descriptor() const { return server_.descriptor(); }
  Time next_time() const { return server_.next_time(); }
  void step(Time now);

  bool ended() const { return server_.ended(); }
  const std::vector<Trouble>& troubles() const { return server_.troubles(); }
  Overview take_overview() { return std::move(overview_); }
  std::vector<Descriptor> take_connections() { return server_.take_connections(); }

 private:
  Coordinator(const RoundPlan& plan, RendezvousServer server, Time now);

  void open(Meeting meeting, Time now);
  std::string answer();
  std::string compare();
  std::string identifiers() const;
  std::string conclude();

  const RoundPlan* plan_;
  RendezvousServer server_;
  Meeting meeting_ = Meeting::arrival;
  Overview overview_;
};

}  // namespace preflight::smoke
