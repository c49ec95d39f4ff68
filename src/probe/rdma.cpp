// RDMA devices: InfiniBand and RoCE.
#include <iterator>

#include "probe/probe.hpp"
#include "probe/rdma_gids.hpp"
#include "probe/reading.hpp"
#include "support/text.hpp"
#include "support/version.hpp"

namespace preflight::probe {

namespace {

constexpr std::string_view kRdmaDevicesPath = "/sys/class/infiniband";
// Where the RDMA stack of the card's vendor lists who has memory of its own to register.
constexpr std::string_view kPeerMemory = "/sys/kernel/mm/memory_peers";
constexpr std::string_view kEfaPackages = "/opt/amazon/efa_installed_packages";

constexpr std::size_t kMostRdmaDevices = 1'000;
constexpr std::size_t kMostPorts = 255;  // of an InfiniBand node

// Of all ports on Ethernet. Those on InfiniBand need no choice.
void set_gids(facts::SubjectWriter& writer, const target::FileTree& files, const std::string& path,
              const std::vector<std::int64_t>& ports) {
  facts::List gids;
  for (const auto number : ports) {
    const auto port = target::join_path(path, std::to_string(number));
    const auto link_layer = read_trimmed(files, port + "/link_layer");
    if (!link_layer || *link_layer != "Ethernet") continue;
    auto of_port = read_gids(files, port, number);
    if (!of_port) {
      set_error(writer, "gids", of_port.error(), port);
      return;
    }
    gids.insert(gids.end(), std::move_iterator(of_port->begin()), std::move_iterator(of_port->end()));
  }
  writer.set("gids", std::move(gids), path);
}

void set_ports(facts::SubjectWriter& writer, const target::FileTree& files, const std::string& path) {
  const auto entries = files.list(path);
  if (!entries) {
    for (const auto* const fact : {"ports", "active_ports", "link_layer", "rate", "gids"}) {
      set_error(writer, fact, entries.error(), path);
    }
    return;
  }
  std::vector<std::int64_t> ports;
  facts::List active;
  std::optional<Error> failure;
  for (const auto& entry : *entries) {
    const auto number = to_integer(entry.name);
    if (!number || ports.size() == kMostPorts) continue;
    const auto port = target::join_path(path, entry.name);
    if (ports.empty()) {
      set_text(writer, "link_layer", files, port + "/link_layer");
      set_text(writer, "rate", files, port + "/rate");
    }
    ports.push_back(std::int64_t{*number});
    const auto state = read_trimmed(files, port + "/state");  // "4: ACTIVE"
    if (!state) failure = state.error();
    if (state && state->ends_with(": ACTIVE")) active.emplace_back(std::int64_t{*number});
  }
  writer.set("ports", facts::List(ports.begin(), ports.end()), path);
  set_gids(writer, files, path, ports);
  if (failure) {
    set_error(writer, "active_ports", *failure, path);
  } else {
    writer.set("active_ports", std::move(active), path);
  }
  for (const auto* const fact : {"link_layer", "rate"}) writer.rest_absent(fact, path);
}

// The names in a directory of the device behind it; no directory is an empty list.
Result<std::vector<std::string>> names_in(const target::FileTree& files, const std::string& path) {
  const auto entries = files.list(path);
  std::vector<std::string> names;
  if (!entries && entries.error().kind != ErrorKind::not_found) return entries.error();
  if (!entries) return names;
  for (const auto& entry : *entries) names.push_back(entry.name);
  return names;
}

void set_verbs_node(facts::SubjectWriter& writer, const target::FileTree& files, const std::string& device) {
  const auto path = device + "/device/infiniband_verbs";
  const auto names = names_in(files, path);
  if (!names) {
    set_error(writer, "verbs_node", names.error(), path);
    return;
  }
  for (const auto& name : *names) {
    const auto node = target::join_path("/dev/infiniband", name);
    if (!name.starts_with("uverbs") || !files.exists(node)) continue;
    writer.set("verbs_node", true, node);
    return;
  }
  writer.set("verbs_node", false, "/dev/infiniband");
}

void set_device(facts::SubjectWriter writer, const target::FileTree& files, const std::string& name) {
  const auto path = target::join_path(kRdmaDevicesPath, name);
  writer.set("name", name, path);
  set_ports(writer, files, path + "/ports");
  set_text(writer, "firmware", files, path + "/fw_ver");
  const auto interfaces = names_in(files, path + "/device/net");
  if (interfaces) {
    writer.set("interfaces", facts::string_list(*interfaces), path + "/device/net");
  } else {
    set_error(writer, "interfaces", interfaces.error(), path + "/device/net");
  }
  set_link_name(writer, "kernel_driver", files, path + "/device/driver");
  set_numa_node(writer, "numa_node", files, path + "/device/numa_node");
  set_verbs_node(writer, files, path);
}

void set_peer_memory(const target::FileTree& files, facts::SubjectWriter& host) {
  constexpr std::string_view kFact = "peer_memory.clients";
  const auto entries = files.list(kPeerMemory);
  if (!entries) {
    set_error(host, kFact, sysfs_error(files, entries.error()), kPeerMemory);
    return;
  }
  std::vector<std::string> clients;
  for (const auto& entry : *entries) {
    if (entry.kind == target::FileKind::directory) clients.push_back(entry.name);
  }
  host.set(kFact, facts::string_list(clients), kPeerMemory);
}

// "# EFA installer version: 1.30.0"
void set_efa_installer(const target::FileTree& files, facts::SubjectWriter& host) {
  constexpr std::string_view kFact = "efa.installer_version";
  constexpr std::string_view kMark = "# EFA installer version:";
  const auto text = files.read(kEfaPackages);
  if (!text) {
    set_error(host, kFact, text.error(), kEfaPackages);
    return;
  }
  for (const auto line : lines(*text)) {
    if (!line.starts_with(kMark)) continue;
    const auto version = trim(line.substr(kMark.size()));
    if (parse_dotted_version(version)) return host.set(kFact, version, kEfaPackages);
  }
  host.unknown(kFact, {"no version in the file", facts::Gap::unreadable}, kEfaPackages);
}

void run_rdma(const Context& context, facts::FactWriter& writer) {
  set_peer_memory(context.files, writer.host());
  set_efa_installer(context.files, writer.host());
  const auto entries = context.files.list(kRdmaDevicesPath);
  const auto error = entries ? Error{} : sysfs_error(context.files, entries.error());
  if (!entries && error.kind == ErrorKind::not_found) {
    writer.host().set("rdma_devices", 0, kRdmaDevicesPath);  // no module for any is loaded
  } else if (!entries) {
    set_error(writer.host(), "rdma_devices", error, kRdmaDevicesPath);
  } else if (entries->size() > kMostRdmaDevices) {
    writer.host().unknown("rdma_devices", {"more than 1,000", facts::Gap::unreadable}, kRdmaDevicesPath);
  } else {
    for (const auto& entry : *entries) {
      set_device(writer.subject("rdma", entry.name), context.files, entry.name);
    }
    writer.host().set("rdma_devices", static_cast<std::int64_t>(entries->size()), kRdmaDevicesPath);
  }
}

}  // namespace

Probe rdma_probe() {
  static constexpr std::string_view kReads[] = {"/sys/class",
                                                "/sys/class/infiniband",
                                                "/sys/class/infiniband/**",
                                                "/dev/infiniband/uverbs*",
                                                kPeerMemory,
                                                kEfaPackages};
  static constexpr Sets kSets[] = {
      {"host", "rdma_devices"}, {"rdma", ""}, {"host", "peer_memory."}, {"host", "efa."}};
  return {
      "rdma",  "RDMA devices: InfiniBand and RoCE; peer memory, EFA", Needs::running_system, kReads, kSets,
      run_rdma};
}

}  // namespace preflight::probe
