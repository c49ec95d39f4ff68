// One connection of the rendezvous: signed frames over a non-blocking socket.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "smoke/frame.hpp"
#include "smoke/message.hpp"
#include "smoke/token.hpp"
#include "support/descriptor.hpp"

namespace preflight::smoke {

// Before a side has shown that it has the token, and after.
constexpr std::size_t kMostGreeting = 4096;
constexpr std::size_t kMostPayload = std::size_t{16} * 1024 * 1024;

class Channel {
 public:
  Channel(Descriptor socket, Sender self) : socket_(std::move(socket)), self_(self), reader_(kMostGreeting) {}

  int descriptor() const { return socket_.number(); }

  // From now on frames are signed with, and held to, this key.
  void use_key(const Key& key);

  void set_limit(std::size_t most_payload) { reader_.set_limit(most_payload); }

  // Queues a message and sends what the socket takes.
  void send(const Message& message);

  // True while something waits to be sent.
  bool has_output() const { return !output_.empty(); }
  void flush();

  // Nothing more will be sent: the other side reads the end of it.
  void finish();

  // The socket, for its owner to keep open; the channel is of no use any more.
  Descriptor take_socket() { return std::move(socket_); }

  // Reads what has come, at most some 256 KiB.
  void receive();

  // The next frame that has come, whoever signed it.
  std::optional<Frame> next() { return reader_.next(); }

  // Whether the frame is the next one under the key in use; then it counts.
  bool verify(const Frame& frame);

  // Whether it's signed with another key, as the first one under it.
  bool signed_with(const Key& key, const Frame& frame) const;

  FrameReader::Problem problem() const { return reader_.problem(); }
  std::string_view unread() const { return reader_.rest(); }

  // The other side has closed, or the connection has broken.
  bool closed() const { return closed_; }
  // "Connection reset by peer"; empty when the other side has closed in order.
  const std::string& close_reason() const { return close_reason_; }

 private:
  void break_off(int number);

  Descriptor socket_;
  Sender self_;
  Key key_ = kPublicKey;
  std::uint64_t sent_ = 0;
  std::uint64_t received_ = 0;
  FrameReader reader_;
  std::string output_;
  bool closed_ = false;
  std::string close_reason_;
};

}  // namespace preflight::smoke
