// The messages of the rendezvous: JSON objects in frames.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "smoke/stage.hpp"
#include "support/result.hpp"

namespace preflight::smoke {

constexpr int kProtocolVersion = 1;
constexpr int kMostRanks = 65536;

enum class MessageKind {
  // The greeting. The server draws a nonce; the client answers with its own, signed with the token's key;
  // all that follows is signed with the key of the connection.
  challenge,  // server: version, nonce
  hello,      // client: version, nonce, server_nonce, rank, world, host
  welcome,    // server
  refused,    // server: text (the kind of trouble), detail
  // Then
  beat,    // both: I'm alive
  stage,   // client: is in `stage`; `text` is what it does there, `detail` NCCL's last warnings
  meet,    // client: waits at `stage` for everyone, with its `text`
  reply,   // server: everyone has come; `text` is the same for all
  failed,  // client: can't go on from `stage`; `text` is the reason, `detail` NCCL's last warnings
  lost,    // the same, because NCCL has lost another rank
  leave,   // client: has done all
  stop     // server: `text` is what kept the ranks from going on
};

struct Message {
  MessageKind kind = MessageKind::beat;
  int version = 0;
  std::string nonce, server_nonce;
  int rank = 0, world = 0;
  std::string host;
  std::optional<Stage> stage;
  std::string text;
  std::string detail;
};

// Text that isn't UTF-8 is repaired.
std::string write_message(const Message& message);

// Errors: malformed (not JSON, of no known kind, a field missing or of another type or out of range).
Result<Message> read_message(std::string_view json);

}  // namespace preflight::smoke
