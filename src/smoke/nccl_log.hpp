// What NCCL's own log says (NCCL_DEBUG=INFO, releases 2.14 to 2.30): the transports that it chose, the
// network, the plugins, and its warnings. The log may come from a process that crashed: any text is read, in
// linear time, and what isn't understood is left out.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace preflight::smoke {

// More of a kind than this is only counted.
constexpr std::size_t kMostNcclPaths = 16384;
constexpr std::size_t kMostNcclWarnings = 64;

enum class NcclTransport { p2p, shared_memory, net, coll_net, other };

// How data goes from one rank to another.
struct NcclPath {
  int from = 0, to = 0;  // ranks
  NcclTransport transport = NcclTransport::other;
  std::string via;          // p2p: "CUMEM", "IPC", "direct pointer"; net: the network, "IB", "Socket"
  std::string device;       // net: the number of the device
  bool gpu_direct = false;  // net: the network card reads GPU memory itself
  std::set<int> channels;
};

struct NcclWarning {
  std::string place;  // "misc/socket.cc:483"; may be empty
  std::string text;
};

struct NcclPlugin {
  std::string kind;  // "net", "collnet", "tuner", "profiler"
  std::string name;
};

struct NcclChannels {
  int collective = 0, nvls = 0, p2p = 0;
};

struct NcclLog {
  std::optional<std::string> version;           // "2.21.5+cuda12.4"
  std::optional<std::string> network;           // that was chosen: "Socket", "IB", "AWS Libfabric"
  std::vector<std::string> bootstrap;           // "eth0:10.0.0.4"
  std::vector<std::string> socket_interfaces;   // "eth0:10.0.0.4"
  std::vector<std::string> infiniband_devices;  // "mlx5_0:1/IB"
  bool no_infiniband = false;                   // NCCL looked and found no device
  std::vector<NcclPlugin> plugins;              // that were loaded
  std::map<std::string, bool> gpu_direct;       // by network device: "mlx5_0"
  std::optional<bool> nvls_available;           // NVLink SHARP
  bool nvls_used = false;
  std::optional<NcclChannels> channels;
  std::map<std::string, std::string> environment;  // the variables and settings that NCCL follows
  std::set<int> ranks_started, ranks_complete;     // of communicators
  std::vector<NcclPath> paths;
  std::vector<NcclWarning> warnings;
  std::size_t warnings_left_out = 0;
  std::size_t paths_left_out = 0;
};

NcclLog parse_nccl_log(std::string_view text);

}  // namespace preflight::smoke
