#include "smoke/coordinator.hpp"

#include <algorithm>

#include "support/json.hpp"

namespace preflight::smoke {

namespace {

// Facts that belong to one rank alone.
constexpr std::string_view kOwn[] = {"gpu.uuid", "gpu.address"};

// For what the ranks decide by themselves at the deadline to reach this process before its own comes.
constexpr Milliseconds kTransit{150};

ServerOptions server_options(const RoundPlan& plan) {
  ServerOptions options;
  options.world = plan.world;
  options.token = plan.token;
  options.port = plan.server_port;
  options.silence = most_silence(plan);
  options.listen = plan.server_host == "127.0.0.1" ? Listen::loopback : Listen::everywhere;
  return options;
}

// Load, init and context come before the comparison, each with its own deadline, which the rank keeps itself;
// and so is the id of a communicator, or a step whose failure is an outcome.
Milliseconds time_for(Meeting meeting, const RoundPlan& plan) {
  if (meeting == Meeting::arrival) return plan.arrival;
  if (meeting == Meeting::comparison) return 3 * plan.stage + kTransit;
  const bool own = meeting == Meeting::identifiers || plan.failures == Failures::are_outcomes;
  return own ? plan.stage + kTransit : plan.stage;
}

}  // namespace

Result<Coordinator> Coordinator::make(const RoundPlan& plan, Time now) {
  auto server = RendezvousServer::listen(server_options(plan));
  if (!server) return server.error();
  return Coordinator(plan, std::move(*server), now);
}

Coordinator::Coordinator(const RoundPlan& plan, RendezvousServer server, Time now)
    : plan_(&plan), server_(std::move(server)) {
  open(Meeting::arrival, now);
}

void Coordinator::open(Meeting meeting, Time now) {
  meeting_ = meeting;
  server_.open(stage_of(meeting), std::min(now + time_for(meeting, *plan_), plan_->until));
  if (plan_->progress) plan_->progress(meeting);
}

void Coordinator::step(Time now) {
  server_.step(now);
  if (server_.ended() || !server_.complete()) return;
  server_.reply(answer());
  if (meeting_ == Meeting::conclusion) {
    server_.expect_leave(std::min(now + plan_->stage, plan_->until));
  } else {
    open(after(meeting_, plan_->work.iterations > 0 ? Bandwidth::measured : Bandwidth::left_out), now);
  }
}

std::string Coordinator::answer() {
  switch (meeting_) {
    case Meeting::comparison:
      return compare();
    case Meeting::identifiers:
      return identifiers();
    case Meeting::conclusion:
      return conclude();
    default:
      return {};
  }
}

std::string Coordinator::compare() {
  std::vector<std::string> hosts;
  const auto& texts = server_.texts();
  for (std::size_t rank = 0; rank < texts.size(); ++rank) {
    auto facts = read_facts(static_cast<int>(rank), texts[rank]);
    hosts.push_back(facts.host);
    overview_.ranks.push_back(std::move(facts));
  }
  auto comparable = overview_.ranks;
  for (auto& rank : comparable) {
    for (const auto own : kOwn) rank.facts.erase(std::string(own));
  }
  overview_.differences = compare_facts(comparable);
  if (plan_->group) overview_.groups = plan_->group(hosts);
  return write_groups(overview_.groups);
}

std::string Coordinator::identifiers() const {
  auto ids = nlohmann::json::object();
  for (int rank = 0; rank < plan_->world; ++rank) {
    const auto place = place_in(overview_.groups, rank, plan_->world);
    const auto& id = server_.texts()[static_cast<std::size_t>(rank)];
    if (place.first == rank && !id.empty()) ids[std::to_string(place.group)] = id;
  }
  return json_line(ids);
}

std::string Coordinator::conclude() {
  std::vector<RankConclusion> conclusions;
  for (const auto& text : server_.texts()) {
    conclusions.push_back(read_conclusion(text));
    add(overview_.log, log_summary_from(conclusions.back().log));
  }
  auto outcome = outcome_of(conclusions);
  if (plan_->conclude) plan_->conclude(outcome, overview_);
  return write_outcome(outcome);
}

}  // namespace preflight::smoke
