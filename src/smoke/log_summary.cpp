#include "smoke/log_summary.hpp"

#include "support/json.hpp"
#include "support/text.hpp"

namespace preflight::smoke {

namespace {

constexpr std::size_t kMostEntries = 200;  // of a topic
constexpr std::size_t kMostShown = 3;

std::string transport_of(const NcclPath& path) {
  const auto with = [](const std::string& name, const std::string& more) {
    return more.empty() ? name : name + "/" + more;
  };
  switch (path.transport) {
    case NcclTransport::p2p:
      return with("P2P", path.via);
    case NcclTransport::shared_memory:
      return "SHM";
    case NcclTransport::net:
      return with(with("NET", path.via), path.gpu_direct ? "GDRDMA" : "");
    case NcclTransport::coll_net:
      return with("COLLNET", path.via);
    case NcclTransport::other:
      break;
  }
  return "other";
}

}  // namespace

LogSummary summary_of(const NcclLog& log) {
  LogSummary summary;
  if (log.network) summary["network"].insert(*log.network);
  for (const auto& path : log.paths) summary["transport"].insert(transport_of(path));
  if (log.nvls_used) summary["transport"].insert("NVLS");
  const auto& interfaces = log.socket_interfaces.empty() ? log.bootstrap : log.socket_interfaces;
  summary["interface"].insert(interfaces.begin(), interfaces.end());
  summary["infiniband"].insert(log.infiniband_devices.begin(), log.infiniband_devices.end());
  for (const auto& plugin : log.plugins) summary["plugin"].insert(plugin.kind + " " + plugin.name);
  for (const auto& warning : log.warnings) summary["warning"].insert(warning.text);
  return summary;
}

void add(LogSummary& all, const LogSummary& more) {
  for (const auto& [topic, entries] : more) {
    auto& known = all[topic];
    for (const auto& entry : entries) {
      if (known.size() < kMostEntries) known.insert(entry);
    }
  }
}

std::string to_json_text(const LogSummary& summary) {
  return json_line(summary);
}

LogSummary log_summary_from(std::string_view text) {
  LogSummary summary;
  const auto json = parse_json(text);
  if (!json || !json->is_object()) return summary;
  for (const auto& [topic, entries] : json->items()) {
    if (!entries.is_array()) continue;
    for (const auto& entry : entries) {
      if (entry.is_string()) summary[topic].insert(entry.get<std::string>());
    }
  }
  return summary;
}

std::string last_warnings(const NcclLog& log) {
  std::vector<std::string> texts;
  const auto begin = log.warnings.size() > kMostShown ? log.warnings.size() - kMostShown : 0;
  for (auto place = begin; place < log.warnings.size(); ++place) texts.push_back(log.warnings[place].text);
  return join(texts, "; ");
}

}  // namespace preflight::smoke
