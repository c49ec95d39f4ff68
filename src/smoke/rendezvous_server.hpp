// The rendezvous, on the side of rank 0's process. Ranks connect, show that they have the token, and meet
// stage by stage: each brings a text, and when all have come the owner answers with one text for everyone
// (nothing for a barrier, NCCL's unique id, the others' facts). In between they give signs of life, so that
// the server knows of each rank its host, its stage, and when it was last heard.
//
// It has neither thread nor loop of its own: wait until descriptor() is readable or next_time() has come,
// then call step(). It never blocks.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "smoke/channel.hpp"
#include "smoke/clock.hpp"
#include "smoke/socket.hpp"
#include "smoke/stage.hpp"
#include "smoke/token.hpp"
#include "smoke/trouble.hpp"
#include "support/descriptor.hpp"
#include "support/result.hpp"

namespace preflight::smoke {

struct ServerOptions {
  int world = 1;
  Key token{};
  Listen listen = Listen::everywhere;
  std::uint16_t port = 0;
  Milliseconds beat{500};        // between signs of life
  Milliseconds silence{10'000};  // that makes a rank "silent"
  Milliseconds greeting{5'000};  // for someone who has connected to show the token
  Milliseconds settle{250};      // after the first trouble, for the others that come with it
};

class RendezvousServer {
 public:
  static Result<RendezvousServer> listen(const ServerOptions& options);

  std::uint16_t port() const { return port_; }
  int descriptor() const { return poller_.number(); }
  Time next_time() const;
  void step(Time now);

  // Opens a meeting. Who hasn't come by the deadline is in trouble.
  void open(Stage stage, Time deadline);

  // Everyone has come; texts() is by rank. reply() sends the answer and closes the meeting.
  bool complete() const;
  const std::vector<std::string>& texts() const { return texts_; }
  void reply(std::string_view text);

  // After the last meeting: everyone is to leave.
  void expect_leave(Time deadline);

  // Nothing more will come: all have left, or there is trouble and everyone was told.
  bool ended() const { return ended_; }

  // Causes first (sort_by_cause), and of these the first that happened. Those of strangers (other_token,
  // garbage, flood, other_version without a rank that is known) are at the end, and are listed only when a
  // rank is in trouble, too.
  const std::vector<Trouble>& troubles() const { return troubles_; }

  // Strangers don't end a run; at most 32 are kept.
  const std::vector<Trouble>& strangers() const { return strangers_; }

  // After the end: the connections to the ranks. While they are open the ranks see that this process still
  // has something to do.
  std::vector<Descriptor> take_connections();

 private:
  struct Peer {
    Channel channel;
    std::string address;
    std::string nonce;
    Time since;
    std::optional<int> rank;  // once it has shown the token
    double allowance = 0;     // frames that it may still send now
    Time counted;             // when the allowance was last raised
  };
  struct Rank {
    std::uint64_t peer = 0;  // 0: none
    bool arrived = false;
    bool left = false;
    bool in_trouble = false;
    std::string host;
    std::string address;
    Time last_heard;
    std::optional<Stage> stage;
    std::string doing;  // there
    std::string log;    // NCCL's last warnings there
    std::optional<Stage> waits_at;
    std::string text;
  };

  RendezvousServer(const ServerOptions& options, Descriptor listener, Descriptor poller);

  void accept_waiting(Time now);
  void drop_oldest_stranger();
  void serve(std::uint64_t id, Peer& peer, Time now);
  void take(std::uint64_t id, Peer& peer, const Frame& frame, Time now);
  void greet(std::uint64_t id, Peer& peer, const Frame& frame, Time now);
  void admit(std::uint64_t id, Peer& peer, const Message& hello, Time now);
  void follow(Peer& peer, const Message& message, Time now);
  bool within_allowance(Peer& peer, Time now) const;
  void refuse(std::uint64_t id, Trouble trouble, Time now);
  void part(std::uint64_t id, Peer& peer, Time now);
  void keep(Peer& peer);
  void drop(std::uint64_t id);
  void watch(std::uint64_t id, const Peer& peer);

  void add_trouble(Trouble trouble, Time now);
  Trouble trouble_of(int rank, TroubleKind kind, Time now) const;
  void give_signs_of_life(Time now);
  void find_silent(Time now);
  void find_late(Time now);
  bool is_late(const Rank& rank) const;
  void conclude(Time now);
  void finish_parting(Time now);

  ServerOptions options_;
  Descriptor listener_;
  Descriptor poller_;
  std::uint16_t port_ = 0;
  std::uint64_t next_peer_ = 1;
  std::map<std::uint64_t, Peer> peers_;
  std::vector<Rank> ranks_;
  int arrived_ = 0;
  int in_trouble_ = 0;  // ranks
  std::optional<Stage> meeting_;
  bool leaving_ = false;
  std::optional<Time> deadline_;
  std::vector<std::string> texts_;
  std::vector<Trouble> troubles_;
  std::vector<Trouble> strangers_;
  Time last_beat_;
  std::optional<Time> conclude_at_;
  std::vector<Descriptor> parted_;
  std::optional<Time> end_at_;  // when those who haven't closed yet are left alone
  bool ended_ = false;
};

}  // namespace preflight::smoke
