#include "smoke/rendezvous_client.hpp"

#include <algorithm>
#include <utility>

namespace preflight::smoke {

RendezvousClient::RendezvousClient(ClientOptions options, Time deadline)
    : options_(std::move(options)), connect_deadline_(deadline), pause_(options_.first_pause) {}

pollfd RendezvousClient::polled() const {
  pollfd wanted{-1, POLLIN, 0};
  if (phase_ == Phase::looking_up && lookup_) wanted.fd = lookup_->descriptor();
  if (phase_ == Phase::connecting) {
    wanted.fd = connecting_.number();
    wanted.events = POLLOUT;
  }
  if (phase_ == Phase::greeting || phase_ == Phase::talking) {
    wanted.fd = channel_->descriptor();
    if (channel_->has_output()) wanted.events |= POLLOUT;
  }
  return wanted;
}

Time RendezvousClient::next_time() const {
  switch (phase_) {
    case Phase::pausing:
    case Phase::connecting:
    case Phase::greeting:
      return std::min(resume_at_, connect_deadline_);
    case Phase::looking_up:
      return connect_deadline_;
    case Phase::talking:
      break;
    case Phase::ended:
      return Time::max();
  }
  Time next = std::min(last_beat_ + options_.beat, last_heard_ + options_.silence);
  if (answer_deadline_) next = std::min(next, *answer_deadline_);
  return next;
}

void RendezvousClient::step(Time now) {
  if (phase_ == Phase::pausing && now >= resume_at_) look_up();
  if (phase_ == Phase::looking_up) take_addresses(now);
  if (phase_ == Phase::connecting) finish_connecting(now);
  if (phase_ == Phase::greeting || phase_ == Phase::talking) converse(now);
  if (phase_ != Phase::talking && phase_ != Phase::ended && now >= connect_deadline_) {
    end(TroubleKind::no_server, last_failure_, now);
  }
}

void RendezvousClient::enter(Stage stage, std::string doing, std::string log) {
  stage_ = stage;
  doing_ = std::move(doing);
  log_ = std::move(log);
  if (connected()) channel_->send(stage_message(MessageKind::stage, doing_, log_));
}

void RendezvousClient::meet(Stage stage, std::string text, Time deadline) {
  stage_ = stage;
  answer_deadline_ = deadline;
  reply_.reset();
  waiting_message_ = stage_message(MessageKind::meet, std::move(text));
  if (connected()) channel_->send(*std::exchange(waiting_message_, std::nullopt));
}

std::optional<std::string> RendezvousClient::take_reply() {
  return std::exchange(reply_, std::nullopt);
}

void RendezvousClient::fail(Failure failure, Time deadline) {
  answer_deadline_ = deadline;
  if (!stage_) stage_ = Stage::load;
  waiting_message_ =
      stage_message(failure.kind == TroubleKind::failed ? MessageKind::failed : MessageKind::lost,
                    std::move(failure.reason), std::move(failure.log));
  if (connected()) channel_->send(*std::exchange(waiting_message_, std::nullopt));
}

void RendezvousClient::leave() {
  leaving_ = true;
  if (!connected()) return;
  Message leave;
  leave.kind = MessageKind::leave;
  channel_->send(leave);
}

void RendezvousClient::look_up() {
  lookup_ = std::make_unique<NameLookup>(options_.host, options_.port);
  phase_ = Phase::looking_up;
}

void RendezvousClient::take_addresses(Time now) {
  lookup_->step();
  if (!lookup_->result()) return;
  const auto found = *lookup_->result();
  lookup_.reset();
  if (!found) {
    retry("the name '" + options_.host + "' can't be looked up: " + found.error().message, now);
    return;
  }
  addresses_ = *found;
  next_address_ = 0;
  connect_next(now);
}

void RendezvousClient::connect_next(Time now) {
  if (next_address_ == addresses_.size()) {
    retry(last_failure_, now);
    return;
  }
  const Address& address = addresses_[next_address_++];
  server_address_ = to_text(address);
  auto socket = begin_connect(address);
  if (!socket) {
    last_failure_ = server_address_ + ": " + socket.error().message;
    connect_next(now);
    return;
  }
  connecting_ = std::move(*socket);
  resume_at_ = now + options_.attempt;
  phase_ = Phase::connecting;
}

void RendezvousClient::finish_connecting(Time now) {
  pollfd writable{connecting_.number(), POLLOUT, 0};
  if (::poll(&writable, 1, 0) == 0) {
    if (now < resume_at_) return;
    last_failure_ = server_address_ + ": no answer; the host is down, cut off, or a firewall drops the port";
    connect_next(now);
    return;
  }
  if (const int problem = connect_error(connecting_); problem != 0) {
    last_failure_ = server_address_ + ": " + error_text(problem);
    connect_next(now);
    return;
  }
  channel_.emplace(std::move(connecting_), Sender::client);
  connecting_ = Descriptor();
  challenged_ = false;
  resume_at_ = now + options_.attempt;
  phase_ = Phase::greeting;
}

// All addresses have failed; the server may not be there yet.
void RendezvousClient::retry(std::string reason, Time now) {
  last_failure_ = std::move(reason);
  channel_.reset();
  phase_ = Phase::pausing;
  resume_at_ = now + pause_;
  pause_ = std::min(2 * pause_, options_.last_pause);
}

void RendezvousClient::converse(Time now) {
  channel_->flush();
  channel_->receive();
  while (phase_ != Phase::ended) {
    const auto frame = channel_->next();
    if (!frame) break;
    if (phase_ == Phase::greeting) {
      greet(*frame, now);
      if (!channel_) return;
      continue;
    }
    const auto message = channel_->verify(*frame) ? read_message(frame->payload)
                                                  : Error{ErrorKind::malformed, "a wrong signature"};
    if (!message) {
      end(TroubleKind::server_lost, "rank 0 sends what can't be read: " + message.error().message, now);
      return;
    }
    last_heard_ = now;
    follow(*message, now);
  }
  if (phase_ == Phase::ended) return;
  if (phase_ == Phase::greeting) {
    if (channel_->problem() != FrameReader::Problem::none) {
      retry(server_address_ + ": another program answers there", now);
    } else if (channel_->closed() || now >= resume_at_) {
      retry(server_address_ + ": connected, but not greeted", now);
    }
    return;
  }
  if (leaving_ && !channel_->has_output()) {
    part();
  } else if (channel_->closed()) {
    end(TroubleKind::server_lost, "its connection ended: the process of rank 0 died", now);
  } else if (channel_->problem() != FrameReader::Problem::none) {
    end(TroubleKind::server_lost, "rank 0 sends what can't be read", now);
  } else if (now - last_heard_ >= options_.silence) {
    end(TroubleKind::server_lost, "rank 0's host is cut off, or its process stopped", now);
  } else if (answer_deadline_ && now >= *answer_deadline_) {
    end(TroubleKind::server_lost, "rank 0 gave no answer by the deadline", now);
  } else if (now >= last_beat_ + options_.beat) {
    last_beat_ = now;
    channel_->send(Message{});
  }
}

void RendezvousClient::greet(const Frame& frame, Time now) {
  const auto message = read_message(frame.payload);
  if (message && challenged_ && message->kind == MessageKind::welcome && channel_->verify(frame)) {
    welcome(now);
    return;
  }
  // Who refuses may not be able to sign: another token is what it refuses for.
  if (message && message->kind == MessageKind::refused) {
    take_refusal(*message);
    return;
  }
  const bool challenges = message && !challenged_ && message->kind == MessageKind::challenge;
  if (!challenges || !channel_->verify(frame)) {
    retry(server_address_ + ": answers otherwise than rank 0 of this job would", now);
    return;
  }
  if (message->version != kProtocolVersion) {
    end(TroubleKind::other_version,
        "rank 0 speaks version " + std::to_string(message->version) + " of the protocol, not " +
            std::to_string(kProtocolVersion),
        now);
    return;
  }
  challenged_ = true;
  Message hello;
  hello.kind = MessageKind::hello;
  hello.version = kProtocolVersion;
  hello.nonce = new_nonce();
  hello.server_nonce = message->nonce;
  hello.rank = options_.rank;
  hello.world = options_.world;
  hello.host = options_.own_host;
  channel_->use_key(options_.token);
  channel_->send(hello);
  channel_->use_key(session_key(options_.token, message->nonce, hello.nonce));
  channel_->set_limit(kMostPayload);
}

void RendezvousClient::welcome(Time now) {
  phase_ = Phase::talking;
  last_heard_ = now;
  last_beat_ = now;
  if (stage_) channel_->send(stage_message(MessageKind::stage, doing_, log_));
  if (waiting_message_) channel_->send(*std::exchange(waiting_message_, std::nullopt));
  if (leaving_) leave();
}

void RendezvousClient::take_refusal(const Message& message) {
  constexpr TroubleKind kKinds[] = {TroubleKind::came_twice,  TroubleKind::other_world_size,
                                    TroubleKind::other_token, TroubleKind::other_version,
                                    TroubleKind::flood,       TroubleKind::garbage};
  Trouble trouble;
  trouble.kind = TroubleKind::garbage;
  for (const auto kind : kKinds) {
    if (trouble_name(kind) == message.text) trouble.kind = kind;
  }
  trouble.rank = options_.rank;
  trouble.host = options_.own_host;
  trouble.stage = Stage::rendezvous;
  trouble.detail = "refused by " + server_address_ + ": " + message.detail;
  troubles_.push_back(std::move(trouble));
  phase_ = Phase::ended;
}

void RendezvousClient::follow(const Message& message, Time now) {
  if (message.kind == MessageKind::reply) {
    reply_ = message.text;
    answer_deadline_.reset();
  } else if (message.kind == MessageKind::stop) {
    auto troubles = read_troubles(message.text);
    if (!troubles || troubles->empty()) {
      end(TroubleKind::server_lost, "rank 0 ended the run without a reason", now);
      return;
    }
    troubles_ = std::move(*troubles);
    part();
  } else if (message.kind == MessageKind::refused) {
    take_refusal(message);
  }
}

void RendezvousClient::part() {
  channel_->finish();
  parted_ = channel_->take_socket();
  channel_.reset();
  phase_ = Phase::ended;
}

void RendezvousClient::end(TroubleKind kind, std::string detail, Time now) {
  Trouble trouble;
  trouble.kind = kind;
  trouble.rank = 0;
  trouble.address =
      server_address_.empty() ? options_.host + ":" + std::to_string(options_.port) : server_address_;
  if (phase_ == Phase::talking) {
    trouble.last_heard = between(last_heard_, now);
    trouble.stage = stage_;
  }
  trouble.detail = std::move(detail);
  // What this rank wanted to say of itself and couldn't.
  const auto* unsaid = waiting_message_ ? &*waiting_message_ : nullptr;
  if (unsaid != nullptr && (unsaid->kind == MessageKind::failed || unsaid->kind == MessageKind::lost)) {
    Trouble own;
    own.kind = unsaid->kind == MessageKind::failed ? TroubleKind::failed : TroubleKind::lost_another;
    own.rank = options_.rank;
    own.host = options_.own_host;
    own.stage = stage_;
    own.detail = unsaid->text;
    own.log = unsaid->detail;
    troubles_.push_back(std::move(own));
  }
  troubles_.push_back(std::move(trouble));
  lookup_.reset();
  channel_.reset();
  phase_ = Phase::ended;
}

Message RendezvousClient::stage_message(MessageKind kind, std::string text, std::string detail) const {
  Message message;
  message.kind = kind;
  message.stage = stage_;
  message.text = std::move(text);
  message.detail = std::move(detail);
  return message;
}

}  // namespace preflight::smoke
