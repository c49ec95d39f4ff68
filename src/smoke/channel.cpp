#include "smoke/channel.hpp"

#include <cerrno>
#include <sys/socket.h>

#include "smoke/socket.hpp"

namespace preflight::smoke {

namespace {

Sender other(Sender self) {
  return self == Sender::server ? Sender::client : Sender::server;
}

}  // namespace

void Channel::use_key(const Key& key) {
  key_ = key;
  sent_ = 0;
  received_ = 0;
}

void Channel::send(const Message& message) {
  if (closed_) return;
  const std::string payload = write_message(message);
  output_ += encode_frame(sign(key_, self_, sent_++, payload), payload);
  flush();
}

void Channel::flush() {
  std::size_t done = 0;
  while (!closed_ && done < output_.size()) {
    const auto count = ::send(socket_.number(), output_.data() + done, output_.size() - done, MSG_NOSIGNAL);
    if (count > 0) {
      done += static_cast<std::size_t>(count);
    } else if (errno == EAGAIN) {
      break;
    } else if (errno != EINTR) {
      break_off(errno);
    }
  }
  output_.erase(0, done);
  if (closed_) output_.clear();
}

void Channel::finish() {
  ::shutdown(socket_.number(), SHUT_WR);
}

void Channel::receive() {
  char bytes[65536];
  for (int part = 0; part < 4; ++part) {
    const auto count = ::recv(socket_.number(), bytes, sizeof bytes, 0);
    if (count > 0) {
      reader_.append({bytes, static_cast<std::size_t>(count)});
      if (static_cast<std::size_t>(count) < sizeof bytes) return;
    } else if (count == 0) {
      closed_ = true;
      return;
    } else if (errno == EAGAIN) {
      return;
    } else if (errno != EINTR) {
      break_off(errno);
      return;
    }
  }
}

bool Channel::verify(const Frame& frame) {
  if (!same_digest(frame.digest, sign(key_, other(self_), received_, frame.payload))) return false;
  ++received_;
  return true;
}

bool Channel::signed_with(const Key& key, const Frame& frame) const {
  return same_digest(frame.digest, sign(key, other(self_), 0, frame.payload));
}

void Channel::break_off(int number) {
  closed_ = true;
  close_reason_ = error_text(number);
}

}  // namespace preflight::smoke
