#include "smoke/local_rank.hpp"

#include <algorithm>
#include <array>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "smoke/log_summary.hpp"
#include "smoke/outcome.hpp"
#include "support/json.hpp"

namespace preflight::smoke {

namespace {

constexpr std::size_t kMostLog = std::size_t{4} << 20;
// For rank 0 to say what it makes of a failure, or of a meeting's end.
constexpr Milliseconds kAnswer{2'000};
// Before what the worker does is worth telling.
constexpr Milliseconds kTelling{100};
// Between two looks at NCCL's log.
constexpr Milliseconds kLooking{400};

ClientOptions client_options(const RoundPlan& plan, int rank, std::uint16_t server_port) {
  ClientOptions options;
  options.host = plan.server_host;
  options.port = server_port;
  options.token = plan.token;
  options.rank = rank;
  options.world = plan.world;
  options.own_host = plan.own_host;
  options.silence = most_silence(plan);
  return options;
}

RankWork work_of(const RoundPlan& plan, int index) {
  RankWork work = plan.work;
  work.device = plan.first_device + index;
  const auto file = "/proc/self/fd/" + std::to_string(kKeptDescriptor);
  work.variables.insert_or_assign("NCCL_DEBUG", "INFO");
  work.variables.insert_or_assign("NCCL_DEBUG_FILE", file);
  return work;
}

std::size_t size_of(const Descriptor& file) {
  struct stat status {};
  return ::fstat(file.number(), &status) == 0 ? static_cast<std::size_t>(status.st_size) : 0;
}

std::string seconds(Milliseconds time) {
  auto text = std::to_string(static_cast<double>(time.count()) / 1000);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text + " s";
}

}  // namespace

LocalRank::LocalRank(const RoundPlan& plan, int index, std::uint16_t server_port, Time now)
    : plan_(plan),
      rank_(plan.first_rank + index),
      work_(work_of(plan, index)),
      log_(::memfd_create("nccl-log", MFD_CLOEXEC)),
      client_(client_options(plan, rank_, server_port), std::min(now + plan.arrival, plan.until)),
      facts_(plan.facts) {
  worker_.emplace([this](WorkerReport& report) { work(work_, report); },
                  WorkerOptions{WorkerOptions().most_output, log_.number()});
  meet(Meeting::arrival, "");
  enter(Stage::load, now);
}

void LocalRank::add_polled(std::vector<pollfd>& all) const {
  const auto worker = worker_->polled();
  all.insert(all.end(), worker.begin(), worker.end());
  all.push_back(client_.polled());
}

Time LocalRank::next_time() const {
  Time next = client_.next_time();
  if (is_own_deadline()) next = std::min(next, stage_end_);
  if (has_news()) next = std::min(next, tell_at_);
  return next;
}

// The stages before the first collective call are each rank's own; of the others only rank 0 can tell whose
// fault a delay is, unless failures are outcomes.
bool LocalRank::is_own_deadline() const {
  const bool before = next_ <= Meeting::identifiers;
  return working_ && failure_.empty() && (before || plan_.failures == Failures::are_outcomes);
}

bool LocalRank::has_news() const {
  return working_ && failure_.empty() && (worker_->seen().stage != told_ || warnings_ != told_warnings_);
}

// While it hangs, NCCL may say what it waits for.
void LocalRank::look_at_log(Time now) {
  if (now < look_at_ || !working_) return;
  look_at_ = now + kLooking;
  const auto size = size_of(log_);
  if (size == log_seen_) return;
  log_seen_ = size;
  warnings_ = last_warnings(parse_nccl_log(log()));
}

// A worker that hangs says where by the last call that it began.
void LocalRank::tell_doing(Time now) {
  if (!has_news() || now < tell_at_) return;
  told_ = worker_->seen().stage;
  told_warnings_ = warnings_;
  tell_at_ = now + kTelling;
  client_.enter(stage_, told_, told_warnings_);
}

void LocalRank::step(Time now) {
  follow_worker(now);
  look_at_log(now);
  tell_doing(now);
  client_.step(now);
  if (const auto reply = client_.take_reply()) follow_reply(*reply, now);
  if (is_own_deadline() && now >= stage_end_ && !client_.ended()) {
    const auto& function = worker_->seen().stage;
    fail(function + " did not return within " + seconds(plan_.stage), now);
  }
  if (client_.ended() && !whole_log_) whole_log_ = log();
}

void LocalRank::follow_worker(Time now) {
  worker_->step();
  while (parts_taken_ < worker_->seen().parts.size()) take_part(worker_->seen().parts[parts_taken_++], now);
  if (!worker_->over() || finished_ || !failure_.empty() || client_.ended()) return;
  const auto outcome = worker_->wait(now);
  working_ = true;
  fail("its process " + to_text(outcome), now);
}

void LocalRank::take_part(const std::string& part, Time now) {
  if (!failure_.empty()) return;
  const auto json = parse_json(part);
  if (!json || !json->is_object()) return fail("its worker sent what can't be read", now);
  if (const auto facts = json->find("facts"); facts != json->end() && facts->is_object()) {
    for (const auto& [name, value] : facts->items()) {
      if (value.is_string()) facts_[name] = value.get<std::string>();
    }
  }
  if (const auto code = json->find("cuInit"); code != json->end() && code->is_number_integer()) {
    init_code_ = code->get<int>();
  }
  const auto text = [&](const char* name) {
    const auto found = json->find(name);
    return found != json->end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  if (json->contains("failed")) {
    fail(text("failed"), now);
  } else if (json->contains("lost another")) {
    give_up({text("lost another"), TroubleKind::lost_another, ""}, now);
  } else if (json->contains("id")) {
    working_ = false;
    meet(Meeting::identifiers, text("id"));
  } else {
    if (json->contains("wrong")) conclusion_.wrong = (*json)["wrong"].dump();
    if (const auto time = json->find("nanoseconds"); time != json->end() && time->is_number_integer()) {
      conclusion_.nanoseconds = time->get<long long>();
    }
    finish_step(text("done"), now);
  }
}

void LocalRank::finish_step(const std::string& done, Time now) {
  const auto stage = find_stage(done);
  if (stage != stage_) return fail("its worker is out of step", now);
  if (stage_ == Stage::load || stage_ == Stage::init) {
    enter(static_cast<Stage>(static_cast<int>(stage_) + 1), now);
    return;
  }
  working_ = false;
  if (stage_ == Stage::context) {
    prepared_ = true;
    compare_when_ready();
  } else if (stage_ == Stage::teardown) {
    finished_ = true;
    meet_conclusion();
  } else {
    meet(next_, "");
  }
}

void LocalRank::enter(Stage stage, Time now) {
  stage_ = stage;
  stage_end_ = std::min(now + plan_.stage, plan_.until);
  working_ = true;
  told_.clear();
  told_warnings_.clear();
  tell_at_ = now + kTelling;
  client_.enter(stage);
}

void LocalRank::meet(Meeting meeting, std::string text) {
  // Rank 0 keeps the deadline; this one is for rank 0 itself.
  client_.meet(stage_of(meeting), std::move(text), plan_.until + kAnswer);
}

void LocalRank::meet_conclusion() {
  conclusion_.failure = failure_;
  conclusion_.log = to_json_text(summary_of(parse_nccl_log(log())));
  meet(Meeting::conclusion, write_conclusion(conclusion_));
}

void LocalRank::compare_when_ready() {
  if (!prepared_) return;
  if (arrived_) {
    meet(Meeting::comparison, write_facts(plan_.own_host, facts_));
  } else {
    client_.enter(Stage::rendezvous);
  }
}

void LocalRank::follow_reply(const std::string& reply, Time now) {
  if (!arrived_) {
    arrived_ = true;
    compare_when_ready();
    return;
  }
  const auto met = next_;
  if (met == Meeting::conclusion) return conclude(reply, now);
  next_ = after(met, plan_.work.iterations > 0 ? Bandwidth::measured : Bandwidth::left_out);
  if (met == Meeting::comparison) {
    join_group(reply, now);
  } else if (met == Meeting::identifiers) {
    take_identifiers(reply, now);
  } else {
    begin_step(stage_of(next_), step_text(stage_of(next_)), now);
  }
}

void LocalRank::join_group(const std::string& reply, Time now) {
  const auto groups = read_groups(reply, plan_.world);
  if (!groups) return fail(groups.error().message, now);
  place_ = place_in(*groups, rank_, plan_.world);
  if (takes_part() && place_.first == rank_) {
    begin_step(Stage::communicator, make_identifier_text(), now);
  } else {
    stage_ = Stage::communicator;
    meet(Meeting::identifiers, "");
  }
}

void LocalRank::take_identifiers(const std::string& reply, Time now) {
  if (!takes_part()) return begin_step(Stage::communicator, "", now);
  const auto json = parse_json(reply);
  const auto key = std::to_string(place_.group);
  const bool is_there = json && json->is_object() && json->contains(key) && (*json)[key].is_string();
  if (!is_there && plan_.failures == Failures::end_round) return fail("rank 0 sent no id", now);
  if (!is_there) failure_ = "the first rank of its group made no id";
  const auto id = is_there ? (*json)[key].get<std::string>() : std::string();
  begin_step(Stage::communicator, join_text(id, place_.rank, place_.count), now);
}

// A rank that rests, or whose group has failed, only goes through the meetings.
void LocalRank::begin_step(Stage stage, const std::string& text, Time now) {
  if (takes_part()) {
    worker_->send(text);
    enter(stage, now);
    return;
  }
  stage_ = stage;
  if (next_ == Meeting::conclusion) {
    meet_conclusion();
  } else {
    meet(next_, "");
  }
}

void LocalRank::conclude(const std::string& reply, Time now) {
  auto outcome = read_outcome(reply);
  if (!outcome) return fail(outcome.error().message, now);
  outcome_ = std::move(*outcome);
  client_.leave();
}

void LocalRank::fail(const std::string& reason, Time now) {
  give_up({reason, TroubleKind::failed, ""}, now);
}

void LocalRank::give_up(Failure failure, Time now) {
  working_ = false;
  failure_ = failure.reason;
  const bool is_outcome = plan_.failures == Failures::are_outcomes && next_ >= Meeting::identifiers;
  if (!is_outcome) {
    failure.log = last_warnings(parse_nccl_log(log()));
    client_.fail(std::move(failure), now + kAnswer);
    return;
  }
  worker_->wait(now);
  if (next_ == Meeting::conclusion) {
    meet_conclusion();
  } else {
    meet(next_, "");
  }
}

Trouble LocalRank::as_trouble() const {
  Trouble trouble;
  trouble.kind = TroubleKind::stuck;
  trouble.rank = rank_;
  trouble.host = plan_.own_host;
  trouble.stage = stage_;
  trouble.detail = worker_->seen().stage;
  return trouble;
}

std::string LocalRank::log() const {
  if (whole_log_) return *whole_log_;
  std::string text(std::min(size_of(log_), kMostLog), '\0');
  const auto size = ::pread(log_.number(), text.data(), text.size(), 0);
  text.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  return text;
}

}  // namespace preflight::smoke
