#include "smoke/message.hpp"

#include <iterator>

#include <nlohmann/json.hpp>

#include "support/json.hpp"

namespace preflight::smoke {

namespace {

constexpr std::size_t kLongestHost = 255;

// In the order of MessageKind.
constexpr std::string_view kMessageNames[] = {"challenge", "hello", "welcome", "refused", "beat",  "stage",
                                              "meet",      "reply", "failed",  "lost",    "leave", "stop"};

std::optional<MessageKind> find_message(std::string_view name) {
  for (std::size_t index = 0; index < std::size(kMessageNames); ++index) {
    if (kMessageNames[index] == name) return static_cast<MessageKind>(index);
  }
  return std::nullopt;
}

// Reads the members that a kind of message must have.
class Fields {
 public:
  explicit Fields(const nlohmann::json& json) : json_(json) {}

  std::string text(const char* name) {
    const auto found = json_.find(name);
    if (found == json_.end() || !found->is_string()) {
      whole_ = false;
      return {};
    }
    return found->get<std::string>();
  }

  int number(const char* name, int least, int most) {
    const auto found = json_.find(name);
    const bool is_number = found != json_.end() && found->is_number_integer();
    const auto value = is_number ? found->get<long long>() : -1;
    if (!is_number || value < least || value > most) {
      whole_ = false;
      return least;
    }
    return static_cast<int>(value);
  }

  std::optional<Stage> stage() {
    const auto stage = find_stage(text("stage"));
    if (!stage) whole_ = false;
    return stage;
  }

  bool whole() const { return whole_; }

 private:
  const nlohmann::json& json_;
  bool whole_ = true;
};

void read_hello(Fields& fields, Message& message) {
  message.nonce = fields.text("nonce");
  message.server_nonce = fields.text("server_nonce");
  message.rank = fields.number("rank", 0, kMostRanks - 1);
  message.world = fields.number("world", 1, kMostRanks);
  message.host = fields.text("host").substr(0, kLongestHost);
}

void read_fields(Fields& fields, Message& message) {
  switch (message.kind) {
    case MessageKind::challenge:
      message.nonce = fields.text("nonce");
      break;
    case MessageKind::hello:
      read_hello(fields, message);
      break;
    case MessageKind::refused:
      message.text = fields.text("text");
      message.detail = fields.text("detail");
      break;
    case MessageKind::meet:
      message.stage = fields.stage();
      message.text = fields.text("text");
      break;
    case MessageKind::stage:
    case MessageKind::failed:
    case MessageKind::lost:
      message.stage = fields.stage();
      message.text = fields.text("text");
      message.detail = fields.text("detail");
      break;
    case MessageKind::reply:
    case MessageKind::stop:
      message.text = fields.text("text");
      break;
    case MessageKind::welcome:
    case MessageKind::beat:
    case MessageKind::leave:
      break;
  }
}

bool greets(MessageKind kind) {
  return kind == MessageKind::challenge || kind == MessageKind::hello;
}

}  // namespace

std::string write_message(const Message& message) {
  nlohmann::json json{{"is", kMessageNames[static_cast<std::size_t>(message.kind)]}};
  if (greets(message.kind)) {
    json["version"] = message.version;
    json["nonce"] = message.nonce;
  }
  if (message.kind == MessageKind::hello) {
    json["server_nonce"] = message.server_nonce;
    json["rank"] = message.rank;
    json["world"] = message.world;
    json["host"] = message.host;
  }
  if (message.stage) json["stage"] = stage_name(*message.stage);
  const bool has_detail = message.kind == MessageKind::refused || message.kind == MessageKind::stage ||
                          message.kind == MessageKind::failed || message.kind == MessageKind::lost;
  const bool has_text = has_detail || message.kind == MessageKind::meet ||
                        message.kind == MessageKind::reply || message.kind == MessageKind::stop;
  if (has_text) json["text"] = message.text;
  if (has_detail) json["detail"] = message.detail;
  return json_line(json);
}

Result<Message> read_message(std::string_view text) {
  const auto json = parse_json(text);
  if (!json) return json.error();
  if (!json->is_object()) return Error{ErrorKind::malformed, "not a message"};
  Fields fields(*json);
  const auto kind = find_message(fields.text("is"));
  if (!kind) return Error{ErrorKind::malformed, "a message of no known kind"};
  Message message;
  message.kind = *kind;
  if (greets(*kind)) {
    message.version = fields.number("version", 0, 1'000'000);
    // What another version greets with is its own affair.
    if (message.version != kProtocolVersion && fields.whole()) return message;
  }
  read_fields(fields, message);
  if (!fields.whole()) {
    return Error{ErrorKind::malformed, "a message '" +
                                           std::string(kMessageNames[static_cast<std::size_t>(*kind)]) +
                                           "' that lacks something"};
  }
  return message;
}

}  // namespace preflight::smoke
