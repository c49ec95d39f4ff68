#include "smoke/nccl_log.hpp"

#include <algorithm>
#include <tuple>

#include "smoke/nccl_path.hpp"
#include "support/text.hpp"
#include "support/utf8.hpp"

namespace preflight::smoke {

namespace {

constexpr std::size_t kLongestText = 500;
constexpr std::size_t kMostNames = 256;

std::string kept(std::string_view text) {
  return to_valid_utf8(trim(text).substr(0, kLongestText));
}

// What follows `mark`, if the text has it.
std::optional<std::string_view> after(std::string_view text, std::string_view mark) {
  const auto at = text.find(mark);
  if (at == std::string_view::npos) return std::nullopt;
  return text.substr(at + mark.size());
}

// What follows `start`, if the text begins with it.
std::optional<std::string_view> rest_of(std::string_view text, std::string_view start) {
  if (!text.starts_with(start)) return std::nullopt;
  return text.substr(start.size());
}

void add_once(std::vector<std::string>& names, std::string name) {
  if (names.size() >= kMostNames || std::ranges::find(names, name) != names.end()) return;
  names.push_back(std::move(name));
}

// "[0]eth0:10.0.0.4<0> [1]eth1:10.0.1.4<0>", and without the numbers.
void add_devices(std::string_view list, std::vector<std::string>& names) {
  for (auto word : words(list.substr(0, list.find(';')))) {
    if (word.starts_with('[')) {
      const auto close = word.find(']');
      if (close == std::string_view::npos || !to_integer(word.substr(1, close - 1))) continue;  // "[RO]"
      word.remove_prefix(close + 1);
    }
    word = word.substr(0, word.find('<'));
    if (!word.empty()) add_once(names, kept(word));
  }
}

// The number before `unit` in "24 coll channels, 16 nvls channels".
int count_before(std::string_view text, std::string_view unit) {
  for (const auto part : split(text, ',')) {
    const auto counted = trim(part);
    const auto space = counted.find(' ');
    if (space == std::string_view::npos || counted.substr(space + 1) != unit) continue;
    return static_cast<int>(std::clamp(to_integer(counted.substr(0, space)).value_or(0), 0LL, 65536LL));
  }
  return 0;
}

// "AWS Libfabric (v9)" without the version of the interface.
std::string without_interface(std::string_view name) {
  const auto open = name.rfind(" (v");
  return kept(name.substr(0, open));
}

class LogReader {
 public:
  explicit LogReader(NcclLog& log) : log_(log) {}

  void read(std::string_view line) {
    if (const auto version = after(line, "NCCL version ")) {
      const auto found = words(version->substr(0, 80));
      if (!found.empty() && !log_.version) log_.version = kept(found.front());
    }
    if (const auto info = after(line, "NCCL INFO ")) {
      read_info(*info);
    } else if (const auto at = line.find("NCCL WARN "); at != std::string_view::npos) {
      read_warning(line.substr(0, at), line.substr(at + 10));
    }
  }

 private:
  void read_info(std::string_view text) {
    if (text.starts_with("Channel ") || text.starts_with("CollNet ")) {
      if (auto path = parse_nccl_path(text)) add_path(std::move(*path));
    } else if (text.starts_with("NCCL_")) {
      read_setting(text);
    } else if (text.starts_with("NET/") || text.starts_with("TUNER/") || text.starts_with("PROFILER/")) {
      read_network(text);
    } else {
      read_state(text);
    }
  }

  void read_warning(std::string_view before, std::string_view text) {
    if (log_.warnings.size() >= kMostNcclWarnings) {
      ++log_.warnings_left_out;
      return;
    }
    NcclWarning warning;
    for (const auto word : words(before.substr(before.size() - std::min<std::size_t>(before.size(), 300)))) {
      if (word.find(".cc:") != std::string_view::npos || word.find(".cu:") != std::string_view::npos) {
        warning.place = kept(word);
      }
    }
    warning.text = kept(text);
    log_.warnings.push_back(std::move(warning));
  }

  void read_setting(std::string_view text) {
    constexpr std::string_view kSet = " set by environment to ";
    const auto at = text.find(kSet);
    if (at == std::string_view::npos || text.substr(0, at).find(' ') != std::string_view::npos) return;
    auto value = trim(text.substr(at + kSet.size()));
    if (value.ends_with('.')) value.remove_suffix(1);
    if (log_.environment.size() < kMostNames) log_.environment.emplace(kept(text.substr(0, at)), kept(value));
  }

  void read_network(std::string_view text) {
    if (text.starts_with("NET/IB : No device found")) {
      log_.no_infiniband = true;
    } else if (const auto devices = rest_of(text, "NET/IB : Using")) {
      add_devices(*devices, log_.infiniband_devices);
    } else if (const auto interfaces = rest_of(text, "NET/Socket : Using")) {
      add_devices(*interfaces, log_.socket_interfaces);
    } else if (const auto state = after(text, "GPU Direct RDMA ")) {
      read_gpu_direct(*state);
    } else {
      read_plugin(text);
    }
  }

  // "Enabled for HCA 0 'mlx5_0'".
  void read_gpu_direct(std::string_view text) {
    const auto open = text.find('\'');
    const auto close = text.rfind('\'');
    if (text.find("for HCA ") == std::string_view::npos || open == close) return;
    if (log_.gpu_direct.size() >= kMostNames) return;
    log_.gpu_direct.insert_or_assign(kept(text.substr(open + 1, close - open - 1)),
                                     text.starts_with("Enabled"));
  }

  void read_plugin(std::string_view text) {
    constexpr struct {
      std::string_view start, kind;
    } kLines[] = {{"NET/Plugin: Loaded net plugin ", "net"},
                  {"NET/Plugin: Loaded collnet plugin ", "collnet"},
                  {"NET/Plugin: Loaded coll plugin ", "collnet"},
                  {"TUNER/Plugin: Using tuner plugin ", "tuner"},
                  {"TUNER/Plugin: Using ", "tuner"},
                  {"PROFILER/Plugin: Loaded ", "profiler"}};
    if (text.starts_with("TUNER/Plugin: Using internal")) return;
    for (const auto& line : kLines) {
      const auto name = rest_of(text, line.start);
      if (!name) continue;
      NcclPlugin plugin{std::string(line.kind), without_interface(*name)};
      const auto same = [&](const NcclPlugin& other) {
        return other.kind == plugin.kind && other.name == plugin.name;
      };
      if (log_.plugins.size() < kMostNames && std::ranges::none_of(log_.plugins, same)) {
        log_.plugins.push_back(std::move(plugin));
      }
      return;
    }
  }

  void read_state(std::string_view text) {
    if (const auto network = rest_of(text, "Using network ")) {
      log_.network = kept(*network);
    } else if (const auto old_form = rest_of(text, "Bootstrap : Using")) {
      add_devices(*old_form, log_.bootstrap);
    } else if (const auto form = rest_of(text, "Bootstrap: Using")) {
      add_devices(*form, log_.bootstrap);
    } else if (const auto support = rest_of(text, "NVLS multicast support is ")) {
      log_.nvls_available = support->starts_with("available");
    } else if (text.starts_with("NVLS comm ")) {
      log_.nvls_used = true;
    } else if (text.find(" coll channels, ") != std::string_view::npos) {
      log_.channels = NcclChannels{count_before(text, "coll channels"), count_before(text, "nvls channels"),
                                   count_before(text, "p2p channels")};
    } else if (trim(text).ends_with("- Init START")) {
      add_rank(text, log_.ranks_started);
    } else if (trim(text).ends_with("- Init COMPLETE")) {
      add_rank(text, log_.ranks_complete);
    }
  }

  static void add_rank(std::string_view text, std::set<int>& ranks) {
    const auto found = after(text, " rank ");
    if (!found) return;
    const auto rank = to_integer(found->substr(0, found->find(' ')));
    if (rank && *rank >= 0 && *rank <= kMostNcclRank && ranks.size() < kMostNcclPaths) {
      ranks.insert(static_cast<int>(*rank));
    }
  }

  // Both ends of a path tell of it, for each channel.
  void add_path(NcclPath path) {
    const auto key =
        std::make_tuple(path.from, path.to, path.transport, path.via, path.device, path.gpu_direct);
    if (const auto known = known_.find(key); known != known_.end()) {
      log_.paths[known->second].channels.merge(path.channels);
    } else if (log_.paths.size() < kMostNcclPaths) {
      known_.emplace(key, log_.paths.size());
      log_.paths.push_back(std::move(path));
    } else {
      ++log_.paths_left_out;
    }
  }

  NcclLog& log_;
  std::map<std::tuple<int, int, NcclTransport, std::string, std::string, bool>, std::size_t> known_;
};

}  // namespace

NcclLog parse_nccl_log(std::string_view text) {
  NcclLog log;
  LogReader reader(log);
  while (!text.empty()) {
    const auto end = text.find('\n');
    reader.read(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return log;
}

}  // namespace preflight::smoke
