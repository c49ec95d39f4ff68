#include "smoke/trouble.hpp"

#include <algorithm>
#include <iterator>

#include <nlohmann/json.hpp>

#include "smoke/compare.hpp"
#include "support/json.hpp"

namespace preflight::smoke {

namespace {

// In the order of TroubleKind; the others follow a rank, or several, in a sentence.
constexpr struct {
  std::string_view name, says, say;
} kKinds[] = {{"never arrived", "never arrived", "never arrived"},
              {"died", "died", "died"},
              {"silent", "is not heard any more", "are not heard any more"},
              {"stuck", "did not get through", "did not get through"},
              {"failed", "failed", "failed"},
              {"lost another", "lost another rank", "lost another rank"},
              {"came twice", "came twice", "came twice"},
              {"other world size", "counts another number of ranks", "count another number of ranks"},
              {"other token", "has another token", "have another token"},
              {"other version", "speaks another version", "speak another version"},
              {"garbage", "sends what isn't the protocol's", "send what isn't the protocol's"},
              {"flood", "sends more than the protocol allows", "send more than the protocol allows"},
              {"no server", "can't be reached", "can't be reached"},
              {"server lost", "was lost", "were lost"}};

std::string who(const Trouble& trouble) {
  const bool is_host = !trouble.rank && !trouble.host.empty();
  std::string text = trouble.rank ? "rank " + std::to_string(*trouble.rank) : is_host ? "host" : "someone";
  if (!trouble.host.empty()) text += (is_host ? " " : " on ") + trouble.host;
  if (!trouble.address.empty()) text += " (" + trouble.address + ")";
  return text;
}

std::string in_tenths(Milliseconds time) {
  const auto tenths = (time.count() + 50) / 100;
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " s";
}

// After what the rank or the ranks did.
std::string particulars_of(const Trouble& trouble) {
  std::string text;
  if (trouble.stage) {
    const bool within = trouble.kind == TroubleKind::stuck;
    text += std::string(within ? " '" : " at '") + std::string(stage_name(*trouble.stage)) + "'";
  }
  if (trouble.last_heard) text += ", last heard " + in_tenths(*trouble.last_heard) + " ago";
  if (!trouble.detail.empty()) text += ": " + trouble.detail;
  return text;
}

using Group = std::vector<const Trouble*>;  // of ranks to which the same happened

// "ranks 0-6 on node-1, node-2".
std::string who(Group troubles) {
  std::ranges::stable_sort(troubles, std::less(), [](const auto* trouble) { return *trouble->rank; });
  std::vector<int> ranks;
  std::vector<std::string> hosts;
  for (const auto* trouble : troubles) {
    ranks.push_back(*trouble->rank);
    const bool is_new = std::ranges::find(hosts, trouble->host) == hosts.end();
    if (is_new && !trouble->host.empty()) hosts.push_back(trouble->host);
  }
  std::string text = "ranks " + ranges_text(ranks);
  if (!hosts.empty()) text += " on " + hosts_text(hosts);
  return text;
}

std::string log_of(const Trouble& trouble) {
  return trouble.log.empty() ? std::string() : "; NCCL: " + trouble.log;
}

// One rank's stands for all.
std::string log_of(const Group& troubles) {
  const auto found =
      std::ranges::find_if(troubles, [](const auto* trouble) { return !trouble->log.empty(); });
  return found == troubles.end() ? std::string()
                                 : "; NCCL on rank " + std::to_string(*(*found)->rank) + ": " + (*found)->log;
}

std::string text_of(const Group& group) {
  const auto& first = *group.front();
  if (group.size() == 1) return to_text(first);
  return who(group) + " " + std::string(kKinds[static_cast<std::size_t>(first.kind)].say) +
         particulars_of(first) + log_of(group);
}

int distance_from_cause(TroubleKind kind) {
  return kind == TroubleKind::lost_another ? 2 : kind == TroubleKind::stuck ? 1 : 0;
}

std::optional<TroubleKind> find_trouble(std::string_view name) {
  for (std::size_t index = 0; index < std::size(kKinds); ++index) {
    if (kKinds[index].name == name) return static_cast<TroubleKind>(index);
  }
  return std::nullopt;
}

nlohmann::json to_json(const Trouble& trouble) {
  nlohmann::json json{{"kind", trouble_name(trouble.kind)},
                      {"host", trouble.host},
                      {"address", trouble.address},
                      {"detail", trouble.detail},
                      {"log", trouble.log}};
  if (trouble.rank) json["rank"] = *trouble.rank;
  if (trouble.stage) json["stage"] = stage_name(*trouble.stage);
  if (trouble.last_heard) json["last_heard_ms"] = trouble.last_heard->count();
  return json;
}

std::optional<Trouble> from_json(const nlohmann::json& json) {
  if (!json.is_object()) return std::nullopt;
  const auto text = [&](const char* name) {
    const auto found = json.find(name);
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  const auto kind = find_trouble(text("kind"));
  if (!kind) return std::nullopt;
  Trouble trouble;
  trouble.kind = *kind;
  trouble.host = text("host");
  trouble.address = text("address");
  trouble.detail = text("detail");
  trouble.log = text("log");
  trouble.stage = find_stage(text("stage"));
  if (const auto rank = json.find("rank"); rank != json.end() && rank->is_number_integer()) {
    trouble.rank = rank->get<int>();
  }
  if (const auto time = json.find("last_heard_ms"); time != json.end() && time->is_number_integer()) {
    trouble.last_heard = Milliseconds(time->get<long long>());
  }
  return trouble;
}

}  // namespace

std::string_view trouble_name(TroubleKind kind) {
  return kKinds[static_cast<std::size_t>(kind)].name;
}

std::string to_text(const Trouble& trouble) {
  return who(trouble) + " " + std::string(kKinds[static_cast<std::size_t>(trouble.kind)].says) +
         particulars_of(trouble) + log_of(trouble);
}

std::vector<std::string> summary_of(const std::vector<Trouble>& troubles) {
  std::vector<Group> groups;
  for (const auto& trouble : troubles) {
    const auto group = std::ranges::find_if(groups, [&](const auto& known) {
      const auto& first = *known.front();
      return trouble.rank && first.rank && first.kind == trouble.kind && first.stage == trouble.stage &&
             first.detail == trouble.detail;
    });
    if (group == groups.end()) {
      groups.push_back({&trouble});
    } else {
      group->push_back(&trouble);
    }
  }
  std::vector<std::string> texts;
  texts.reserve(groups.size());
  for (const auto& group : groups) texts.push_back(text_of(group));
  return texts;
}

void sort_by_cause(std::vector<Trouble>& troubles) {
  std::ranges::stable_sort(troubles, std::less(),
                           [](const Trouble& trouble) { return distance_from_cause(trouble.kind); });
}

std::string write_troubles(const std::vector<Trouble>& troubles) {
  auto json = nlohmann::json::array();
  for (const auto& trouble : troubles) json.push_back(to_json(trouble));
  return json_line(json);
}

Result<std::vector<Trouble>> read_troubles(std::string_view text) {
  const auto json = parse_json(text);
  if (!json) return json.error();
  if (!json->is_array()) return Error{ErrorKind::malformed, "not a list of troubles"};
  std::vector<Trouble> troubles;
  for (const auto& item : *json) {
    auto trouble = from_json(item);
    if (!trouble) return Error{ErrorKind::malformed, "a trouble without a known kind"};
    troubles.push_back(std::move(*trouble));
  }
  return troubles;
}

}  // namespace preflight::smoke
