// The rendezvous, on the side of each rank (rank 0's as well). See rendezvous_server.hpp.
//
// It has neither thread nor loop of its own: wait until polled() is ready or next_time() has come, then call
// step(). It never blocks.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <poll.h>
#include <string>
#include <string_view>
#include <vector>

#include "smoke/channel.hpp"
#include "smoke/clock.hpp"
#include "smoke/name_lookup.hpp"
#include "smoke/stage.hpp"
#include "smoke/token.hpp"
#include "smoke/trouble.hpp"
#include "support/descriptor.hpp"

namespace preflight::smoke {

struct ClientOptions {
  std::string host;  // of the server: a name or an address
  std::uint16_t port = 0;
  Key token{};
  int rank = 0;
  int world = 1;
  std::string own_host;          // as others are to call this rank's machine
  Milliseconds beat{500};        // between signs of life
  Milliseconds silence{10'000};  // of the server, that ends the run
  Milliseconds attempt{2'000};   // for one address to answer
  Milliseconds first_pause{50};  // before the next attempt; doubles up to last_pause
  Milliseconds last_pause{1'000};
};

// Why a rank can't go on.
struct Failure {
  std::string reason;
  TroubleKind kind = TroubleKind::failed;  // or lost_another
  std::string log;                         // NCCL's last warnings
};

class RendezvousClient {
 public:
  // Tries to reach the server until the deadline.
  RendezvousClient(ClientOptions options, Time deadline);

  pollfd polled() const;  // its descriptor is -1 while there is only time to wait for
  Time next_time() const;
  void step(Time now);

  // Tells the server that this rank is in a stage, what it does there, and what NCCL has warned of. Like
  // meet() and fail(), also before it's connected.
  void enter(Stage stage, std::string doing = "", std::string log = "");

  // Waits for everyone at the stage. If there is no answer by the deadline, the server is lost: give it some
  // more time than the server has for the meeting itself.
  void meet(Stage stage, std::string text, Time deadline);

  // The answer, once, when everyone has come.
  std::optional<std::string> take_reply();

  // This rank can't go on. It then waits, until the deadline, for what the server makes of it.
  void fail(Failure failure, Time deadline);

  // All is done.
  void leave();

  bool connected() const { return phase_ == Phase::talking; }

  // Nothing more will come. Without troubles: this rank has left.
  bool ended() const { return phase_ == Phase::ended; }
  const std::vector<Trouble>& troubles() const { return troubles_; }

  // After the end that rank 0 has told: the connection, which rank 0's process keeps open as long as it
  // lives. Else no descriptor.
  Descriptor take_connection() { return std::move(parted_); }

 private:
  enum class Phase { pausing, looking_up, connecting, greeting, talking, ended };

  void look_up();
  void take_addresses(Time now);
  void connect_next(Time now);
  void finish_connecting(Time now);
  void retry(std::string reason, Time now);
  void converse(Time now);
  void greet(const Frame& frame, Time now);
  void welcome(Time now);
  void take_refusal(const Message& message);
  void follow(const Message& message, Time now);
  void part();
  void end(TroubleKind kind, std::string detail, Time now);
  Message stage_message(MessageKind kind, std::string text, std::string detail = "") const;

  ClientOptions options_;
  Time connect_deadline_;
  Phase phase_ = Phase::pausing;
  Time resume_at_;  // pausing: when to try again; connecting, greeting: when to give this address up
  Milliseconds pause_;
  std::string last_failure_;
  std::unique_ptr<NameLookup> lookup_;
  std::vector<Address> addresses_;
  std::size_t next_address_ = 0;
  Descriptor connecting_;
  std::string server_address_;
  std::optional<Channel> channel_;
  bool challenged_ = false;
  Time last_heard_;
  Time last_beat_;
  std::optional<Stage> stage_;
  std::string doing_;
  std::string log_;
  std::optional<Message> waiting_message_;  // to be sent when connected
  std::optional<Time> answer_deadline_;
  std::optional<std::string> reply_;
  bool leaving_ = false;
  Descriptor parted_;
  std::vector<Trouble> troubles_;
};

}  // namespace preflight::smoke
