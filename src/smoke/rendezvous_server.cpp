#include "smoke/rendezvous_server.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <sys/epoll.h>
#include <utility>

namespace preflight::smoke {

namespace {

constexpr std::uint64_t kListener = 0;
constexpr std::size_t kMostStrangers = 32;  // that are listed
constexpr std::size_t kMostGreeters = 64;   // beyond the ranks that are still expected
constexpr std::size_t kMostFromRank = std::size_t{256} * 1024;
constexpr double kMostFrames = 1000;          // at once
constexpr double kFramesInMillisecond = 0.2;  // for long
constexpr Milliseconds kParting{200};

// The first bytes of something, for people.
std::string shown(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes.substr(0, 40)) text += byte >= ' ' && byte <= '~' ? byte : '.';
  return "'" + text + "'";
}

}  // namespace

Result<RendezvousServer> RendezvousServer::listen(const ServerOptions& options) {
  auto listener = listen_on(options.listen, options.port);
  if (!listener) return listener.error();
  Descriptor poller(::epoll_create1(EPOLL_CLOEXEC));
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = kListener;
  if (!poller || ::epoll_ctl(poller.number(), EPOLL_CTL_ADD, listener->number(), &event) != 0) {
    return Error{ErrorKind::io, error_text(errno)};
  }
  return RendezvousServer(options, std::move(*listener), std::move(poller));
}

RendezvousServer::RendezvousServer(const ServerOptions& options, Descriptor listener, Descriptor poller)
    : options_(options),
      listener_(std::move(listener)),
      poller_(std::move(poller)),
      port_(local_port(listener_)),
      ranks_(static_cast<std::size_t>(options.world)) {}

Time RendezvousServer::next_time() const {
  if (end_at_) return *end_at_;
  Time next = last_beat_ + options_.beat;
  if (deadline_) next = std::min(next, *deadline_);
  if (conclude_at_) next = std::min(next, *conclude_at_);
  return next;
}

void RendezvousServer::open(Stage stage, Time deadline) {
  meeting_ = stage;
  deadline_ = deadline;
}

void RendezvousServer::expect_leave(Time deadline) {
  leaving_ = true;
  deadline_ = deadline;
}

bool RendezvousServer::complete() const {
  return meeting_ && troubles_.empty() &&
         std::ranges::all_of(ranks_, [&](const Rank& rank) { return rank.waits_at == meeting_; });
}

void RendezvousServer::reply(std::string_view text) {
  Message reply;
  reply.kind = MessageKind::reply;
  reply.text = text;
  for (auto& rank : ranks_) {
    rank.waits_at.reset();
    rank.text.clear();
    const auto peer = peers_.find(rank.peer);
    if (peer == peers_.end()) continue;
    peer->second.channel.send(reply);
    watch(peer->first, peer->second);
  }
  meeting_.reset();
  deadline_.reset();
}

// What has come is read before anyone is judged: if this process itself was held up, nobody else is blamed.
void RendezvousServer::step(Time now) {
  if (ended_) return;
  std::array<epoll_event, 256> events{};
  const int count = ::epoll_wait(poller_.number(), events.data(), static_cast<int>(events.size()), 0);
  for (int index = 0; index < count; ++index) {
    // A copy: the event is packed, and its members may not be bound to.
    const std::uint64_t id = events[static_cast<std::size_t>(index)].data.u64;
    if (id == kListener) {
      accept_waiting(now);
    } else if (const auto peer = peers_.find(id); peer != peers_.end()) {
      serve(peer->first, peer->second, now);
    }
  }
  if (end_at_) {
    finish_parting(now);
    return;
  }
  give_signs_of_life(now);
  find_silent(now);
  if (complete()) {
    texts_.clear();
    for (const auto& rank : ranks_) texts_.push_back(rank.text);
  } else if (deadline_ && now >= *deadline_) {
    find_late(now);
  }
  if (conclude_at_ && now >= *conclude_at_) conclude(now);
  if (leaving_ && std::ranges::all_of(ranks_, [](const Rank& rank) { return rank.left; })) ended_ = true;
}

void RendezvousServer::accept_waiting(Time now) {
  for (int count = 0; count < 64; ++count) {
    Address address;
    Descriptor socket = accept_from(listener_, address);
    if (!socket) return;
    drop_oldest_stranger();
    const auto id = next_peer_++;
    const auto added = peers_.emplace(
        id,
        Peer{Channel(std::move(socket), Sender::server), to_text(address), new_nonce(), now, {}, 16, now});
    Peer& peer = added.first->second;
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = id;
    ::epoll_ctl(poller_.number(), EPOLL_CTL_ADD, peer.channel.descriptor(), &event);
    Message challenge;
    challenge.kind = MessageKind::challenge;
    challenge.version = kProtocolVersion;
    challenge.nonce = peer.nonce;
    peer.channel.send(challenge);
  }
}

// Connections that only wait must not keep the ranks out.
void RendezvousServer::drop_oldest_stranger() {
  const auto is_stranger = [](const auto& entry) { return !entry.second.rank; };
  const auto strangers = static_cast<std::size_t>(std::ranges::count_if(peers_, is_stranger));
  if (strangers < ranks_.size() - static_cast<std::size_t>(arrived_) + kMostGreeters) return;
  drop(std::ranges::find_if(peers_, is_stranger)->first);
}

void RendezvousServer::serve(std::uint64_t id, Peer& peer, Time now) {
  peer.channel.flush();
  peer.channel.receive();
  while (const auto frame = peer.channel.next()) {
    take(id, peer, *frame, now);
    if (!peers_.contains(id)) return;
  }
  Trouble trouble;
  if (peer.channel.problem() == FrameReader::Problem::too_large) {
    trouble.kind = TroubleKind::flood;
    trouble.detail = "a message larger than it may be";
    refuse(id, trouble, now);
  } else if (peer.channel.problem() == FrameReader::Problem::garbage) {
    trouble.kind = TroubleKind::garbage;
    trouble.detail = shown(peer.channel.unread());
    refuse(id, trouble, now);
  } else if (peer.channel.closed()) {
    part(id, peer, now);
  } else {
    watch(id, peer);
  }
}

void RendezvousServer::take(std::uint64_t id, Peer& peer, const Frame& frame, Time now) {
  if (!within_allowance(peer, now)) {
    Trouble trouble;
    trouble.kind = TroubleKind::flood;
    trouble.detail = "too many messages";
    refuse(id, trouble, now);
    return;
  }
  if (!peer.rank) {
    greet(id, peer, frame, now);
    return;
  }
  const auto message = peer.channel.verify(frame) ? read_message(frame.payload)
                                                  : Error{ErrorKind::malformed, "a wrong signature"};
  if (message) {
    follow(peer, *message, now);
    return;
  }
  Trouble trouble;
  trouble.kind = TroubleKind::garbage;
  trouble.detail = message.error().message;
  refuse(id, trouble, now);
}

void RendezvousServer::greet(std::uint64_t id, Peer& peer, const Frame& frame, Time now) {
  const auto hello = read_message(frame.payload);
  Trouble trouble;
  if (!hello || hello->kind != MessageKind::hello) {
    trouble.kind = TroubleKind::garbage;
    trouble.detail = shown(frame.payload);
    refuse(id, trouble, now);
    return;
  }
  if (hello->version != kProtocolVersion) {
    trouble.kind = TroubleKind::other_version;
    trouble.detail = "version " + std::to_string(hello->version) + " of the protocol, not " +
                     std::to_string(kProtocolVersion);
    refuse(id, trouble, now);
    return;
  }
  if (hello->server_nonce != peer.nonce || !peer.channel.signed_with(options_.token, frame)) {
    trouble.kind = TroubleKind::other_token;
    trouble.rank = hello->rank;
    trouble.host = hello->host;
    trouble.detail = "it belongs to another job, or its token was set otherwise";
    refuse(id, trouble, now);
    return;
  }
  admit(id, peer, *hello, now);
}

void RendezvousServer::admit(std::uint64_t id, Peer& peer, const Message& hello, Time now) {
  peer.channel.use_key(session_key(options_.token, peer.nonce, hello.nonce));
  Trouble trouble;
  trouble.rank = hello.rank;
  trouble.host = hello.host;
  if (hello.world != options_.world || hello.rank >= options_.world) {
    trouble.kind = TroubleKind::other_world_size;
    trouble.detail =
        "it counts " + std::to_string(hello.world) + ", rank 0 counts " + std::to_string(options_.world);
    refuse(id, trouble, now);
    return;
  }
  Rank& rank = ranks_[static_cast<std::size_t>(hello.rank)];
  if (rank.arrived) {
    trouble.kind = TroubleKind::came_twice;
    trouble.detail =
        "rank " + std::to_string(hello.rank) + " is already there, from " + rank.address + " on " + rank.host;
    refuse(id, trouble, now);
    return;
  }
  peer.rank = hello.rank;
  peer.allowance = kMostFrames;
  peer.channel.set_limit(kMostFromRank);
  rank.peer = id;
  rank.arrived = true;
  rank.host = hello.host;
  rank.address = peer.address;
  rank.last_heard = now;
  Message welcome;
  welcome.kind = MessageKind::welcome;
  peer.channel.send(welcome);
  // The port belongs to the job that is checked: it must be free before anyone can go on to use it.
  if (++arrived_ == options_.world) listener_ = Descriptor();
}

void RendezvousServer::follow(Peer& peer, const Message& message, Time now) {
  const int number = *peer.rank;
  Rank& rank = ranks_[static_cast<std::size_t>(number)];
  rank.last_heard = now;
  if (message.stage) rank.stage = message.stage;
  if (message.kind == MessageKind::stage) {
    rank.doing = message.text;
    rank.log = message.detail;
  } else if (message.kind == MessageKind::meet) {
    rank.doing.clear();
    rank.log.clear();
    rank.waits_at = message.stage;
    rank.text = message.text;
  } else if (message.kind == MessageKind::leave) {
    rank.left = true;
  } else if (message.kind == MessageKind::failed || message.kind == MessageKind::lost) {
    const bool failed = message.kind == MessageKind::failed;
    Trouble trouble = trouble_of(number, failed ? TroubleKind::failed : TroubleKind::lost_another, now);
    trouble.last_heard.reset();
    trouble.detail = message.text;
    trouble.log = message.detail;
    add_trouble(std::move(trouble), now);
  }
}

bool RendezvousServer::within_allowance(Peer& peer, Time now) const {
  const auto passed = static_cast<double>(between(peer.counted, now).count());
  if (passed > 0) {
    peer.allowance = std::min(kMostFrames, peer.allowance + passed * kFramesInMillisecond);
    peer.counted = now;
  }
  peer.allowance -= 1;
  return peer.allowance >= 0;
}

void RendezvousServer::refuse(std::uint64_t id, Trouble trouble, Time now) {
  Peer& peer = peers_.at(id);
  trouble.address = peer.address;
  const bool knows_token =
      trouble.kind == TroubleKind::came_twice || trouble.kind == TroubleKind::other_world_size;
  Message refused;
  refused.kind = MessageKind::refused;
  refused.text = trouble_name(trouble.kind);
  refused.detail = trouble.detail;
  peer.channel.send(refused);
  if (peer.rank) {
    const auto text = trouble.detail;
    trouble = trouble_of(*peer.rank, trouble.kind, now);
    trouble.detail = text;
    trouble.last_heard.reset();
  }
  const bool of_rank = peer.rank || knows_token;
  drop(id);
  if (of_rank) {
    add_trouble(std::move(trouble), now);
  } else if (strangers_.size() < kMostStrangers) {
    strangers_.push_back(std::move(trouble));
  }
}

// The other side has closed.
void RendezvousServer::part(std::uint64_t id, Peer& peer, Time now) {
  if (peer.rank) {
    const Rank& rank = ranks_[static_cast<std::size_t>(*peer.rank)];
    if (!rank.left && !rank.in_trouble) {
      Trouble trouble = trouble_of(*peer.rank, TroubleKind::died, now);
      trouble.detail = peer.channel.close_reason().empty() ? "its connection ended without a farewell"
                                                           : peer.channel.close_reason();
      add_trouble(std::move(trouble), now);
    }
    if (rank.left || end_at_) keep(peer);
  }
  drop(id);
}

void RendezvousServer::keep(Peer& peer) {
  ::epoll_ctl(poller_.number(), EPOLL_CTL_DEL, peer.channel.descriptor(), nullptr);
  parted_.push_back(peer.channel.take_socket());
}

std::vector<Descriptor> RendezvousServer::take_connections() {
  for (auto& [id, peer] : peers_) {
    if (peer.rank) keep(peer);
  }
  peers_.clear();
  return std::move(parted_);
}

void RendezvousServer::drop(std::uint64_t id) {
  for (auto& rank : ranks_) {
    if (rank.peer == id) rank.peer = 0;
  }
  peers_.erase(id);
}

void RendezvousServer::watch(std::uint64_t id, const Peer& peer) {
  epoll_event event{};
  event.events = EPOLLIN;
  if (peer.channel.has_output()) event.events |= EPOLLOUT;
  event.data.u64 = id;
  ::epoll_ctl(poller_.number(), EPOLL_CTL_MOD, peer.channel.descriptor(), &event);
}

void RendezvousServer::add_trouble(Trouble trouble, Time now) {
  if (end_at_) return;
  if (trouble.rank && *trouble.rank < options_.world) {
    const bool another_claims = trouble.kind == TroubleKind::came_twice;
    auto& in_trouble = ranks_[static_cast<std::size_t>(*trouble.rank)].in_trouble;
    if (!another_claims && !std::exchange(in_trouble, true)) ++in_trouble_;
  }
  troubles_.push_back(std::move(trouble));
  if (in_trouble_ == options_.world) conclude_at_ = now;  // nobody is left to have some, too
  if (!conclude_at_) conclude_at_ = now + options_.settle;
}

Trouble RendezvousServer::trouble_of(int number, TroubleKind kind, Time now) const {
  const Rank& rank = ranks_[static_cast<std::size_t>(number)];
  Trouble trouble;
  trouble.kind = kind;
  trouble.rank = number;
  trouble.host = rank.host;
  trouble.address = rank.address;
  trouble.stage = rank.stage;
  if (rank.arrived) trouble.last_heard = between(rank.last_heard, now);
  return trouble;
}

void RendezvousServer::give_signs_of_life(Time now) {
  if (now < last_beat_ + options_.beat) return;
  last_beat_ = now;
  std::vector<std::uint64_t> overdue;
  for (auto& [id, peer] : peers_) {
    if (peer.rank) {
      peer.channel.send(Message{});
      watch(id, peer);
    } else if (now - peer.since > options_.greeting) {
      overdue.push_back(id);
    }
  }
  for (const auto id : overdue) drop(id);
}

void RendezvousServer::find_silent(Time now) {
  for (int number = 0; number < options_.world; ++number) {
    const Rank& rank = ranks_[static_cast<std::size_t>(number)];
    const bool expected = rank.arrived && !rank.left && !rank.in_trouble;
    if (expected && now - rank.last_heard > options_.silence) {
      add_trouble(trouble_of(number, TroubleKind::silent, now), now);
    }
  }
}

bool RendezvousServer::is_late(const Rank& rank) const {
  if (rank.in_trouble) return false;
  return leaving_ ? !rank.left : rank.waits_at != meeting_;
}

void RendezvousServer::find_late(Time now) {
  const Milliseconds overdue_beat = 3 * options_.beat;
  for (int number = 0; number < options_.world; ++number) {
    const Rank& rank = ranks_[static_cast<std::size_t>(number)];
    if (!is_late(rank)) continue;
    TroubleKind kind = TroubleKind::stuck;
    if (!rank.arrived) {
      kind = TroubleKind::never_arrived;
    } else if (now - rank.last_heard > overdue_beat) {
      kind = TroubleKind::silent;
    }
    Trouble trouble = trouble_of(number, kind, now);
    if (kind == TroubleKind::stuck) {
      trouble.last_heard.reset();
      trouble.detail = rank.doing;
      trouble.log = rank.log;
    }
    add_trouble(std::move(trouble), now);
  }
  conclude_at_ = now;
}

// Tells everyone, and listens no more.
void RendezvousServer::conclude(Time now) {
  conclude_at_.reset();
  sort_by_cause(troubles_);
  troubles_.insert(troubles_.end(), strangers_.begin(), strangers_.end());
  Message stop;
  stop.kind = MessageKind::stop;
  stop.text = write_troubles(troubles_);
  listener_ = Descriptor();
  std::erase_if(peers_, [](const auto& entry) { return !entry.second.rank; });
  for (auto& [id, peer] : peers_) {
    peer.channel.send(stop);
    watch(id, peer);
  }
  end_at_ = now + kParting;
  finish_parting(now);
}

// To close first would throw away what the others haven't read yet.
void RendezvousServer::finish_parting(Time now) {
  if (peers_.empty() || now >= *end_at_) ended_ = true;
}

}  // namespace preflight::smoke
