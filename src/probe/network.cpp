// How this machine, or this container's network namespace, reaches others: routes, the machine's own name,
// and what may stand in between: a service mesh or a firewall.
#include <array>

#include "probe/host_names.hpp"
#include "probe/listening_ports.hpp"
#include "probe/os_release.hpp"
#include "probe/probe.hpp"
#include "probe/reading.hpp"
#include "probe/routes.hpp"
#include "support/text.hpp"

namespace preflight::probe {

namespace {

using facts::Gap;
using target::FileTree;

constexpr std::string_view kRoutes = "/proc/net/route";
constexpr std::array<std::string_view, 2> kSockets = {"/proc/net/tcp", "/proc/net/tcp6"};
constexpr std::string_view kName = "/proc/sys/kernel/hostname";
constexpr std::string_view kHosts = "/etc/hosts";
constexpr std::string_view kUfw = "/etc/ufw/ufw.conf";
constexpr std::string_view kUfwDefaults = "/etc/default/ufw";
constexpr std::string_view kFirewalld = "/run/firewalld.pid";

constexpr std::size_t kMostRoutes = 2'000;
constexpr std::size_t kLargestTable = std::size_t{16} << 20U;

void set_routes(const FileTree& files, facts::SubjectWriter& host) {
  const auto text = files.read(kRoutes, kLargestTable);
  if (!text) {
    set_error(host, "network.routes", text.error(), kRoutes);
    return;
  }
  const auto routes = parse_routes(*text);
  if (routes.size() > kMostRoutes) {
    host.unknown("network.routes", {"more than 2,000", Gap::unreadable}, kRoutes);
    return;
  }
  facts::List records;
  for (const auto& route : routes) {
    records.emplace_back(facts::Map{{"interface", route.interface},
                                    {"subnet", route.subnet},
                                    {"gateway", route.gateway},
                                    {"metric", route.metric}});
  }
  host.set("network.routes", std::move(records), kRoutes);
}

// The two ports on which a mesh's proxy takes what a pod sends and what is sent to it.
struct Mesh {
  std::string_view name;
  int outbound;
  int inbound;
};
constexpr Mesh kMeshes[] = {{"istio", 15001, 15006}, {"linkerd", 4140, 4143}};

void set_service_mesh(const FileTree& files, facts::SubjectWriter& host) {
  constexpr std::string_view kFact = "network.service_mesh";
  std::set<int> ports;
  for (const auto path : kSockets) {
    const auto text = files.read(path, kLargestTable);
    if (text) {
      add_listening_ports(*text, ports);
    } else if (path == kSockets[0] || text.error().kind != ErrorKind::not_found) {  // tcp6: no IPv6
      host.unknown(kFact, unknown_after(text.error()), path);
      return;
    }
  }
  for (const auto& mesh : kMeshes) {
    if (!ports.contains(mesh.outbound) || !ports.contains(mesh.inbound)) continue;
    host.set(kFact, mesh.name, kSockets[0]);
    return;
  }
  host.absent(kFact, kSockets[0]);
}

void set_host_name(const FileTree& files, facts::SubjectWriter& host) {
  constexpr std::string_view kFact = "network.host_name_addresses";
  const auto name = read_trimmed(files, kName);
  const auto hosts = name ? files.read(kHosts) : name.error();
  if (!hosts) {
    set_error(host, kFact, hosts.error(), name ? kHosts : kName);
    return;
  }
  const auto addresses = addresses_of_name(*hosts, *name);
  if (addresses.empty()) {
    host.absent(kFact, kHosts);
  } else {
    host.set(kFact, facts::string_list(addresses), kHosts);
  }
}

// One of the assignments in a file that a shell reads; empty without it.
std::string setting(std::string_view text, std::string_view name) {
  const auto values = parse_os_release(text);
  const auto found = values.find(name);
  return found == values.end() ? "" : found->second;
}

// ufw is on and refuses what isn't allowed.
Result<bool> ufw_is_on(const FileTree& files) {
  const auto text = files.read(kUfw);
  if (!text && text.error().kind == ErrorKind::not_found) return false;
  if (!text) return text.error();
  if (to_lower(setting(*text, "ENABLED")) != "yes") return false;
  const auto defaults = files.read(kUfwDefaults);
  return !defaults || setting(*defaults, "DEFAULT_INPUT_POLICY") != "ACCEPT";
}

Result<bool> firewalld_runs(const FileTree& files) {
  const auto process = read_integer(files, kFirewalld);
  if (!process && process.error().kind == ErrorKind::not_found) return false;
  if (!process) return process.error();
  const auto name = read_trimmed(files, "/proc/" + std::to_string(*process) + "/comm");
  return name && *name == "firewalld";
}

void set_firewalls(const FileTree& files, facts::SubjectWriter& host) {
  constexpr std::string_view kFact = "network.firewalls";
  std::vector<std::string> firewalls;
  for (const auto& [name, path, is_on] : {std::tuple{"ufw", kUfw, ufw_is_on(files)},
                                          std::tuple{"firewalld", kFirewalld, firewalld_runs(files)}}) {
    if (!is_on) {
      set_error(host, kFact, is_on.error(), path);
      return;
    }
    if (*is_on) firewalls.emplace_back(name);
  }
  host.set(kFact, facts::string_list(firewalls), std::string(kUfw) + ", " + std::string(kFirewalld));
}

void run_network(const Context& context, facts::FactWriter& writer) {
  auto& host = writer.host();
  set_routes(context.files, host);
  set_service_mesh(context.files, host);
  set_host_name(context.files, host);
  set_firewalls(context.files, host);
}

}  // namespace

Probe network_probe() {
  static constexpr std::string_view kReads[] = {kRoutes, kSockets[0],  kSockets[1], kName,         kHosts,
                                                kUfw,    kUfwDefaults, kFirewalld,  "/proc/*/comm"};
  static constexpr Sets kSets[] = {{"host", "network."}};
  return {"network",
          "Routes, the machine's own name, service mesh and firewalls",
          Needs::running_system,
          kReads,
          kSets,
          run_network};
}

}  // namespace preflight::probe
