// RDMA devices: InfiniBand and RoCE.
#include "probe/probe.hpp"
#include "probe/reading.hpp"
#include "support/text.hpp"

namespace preflight::probe {

namespace {

constexpr std::string_view kPath = "/sys/class/infiniband";
constexpr std::string_view kReads[] = {"/sys/class", "/sys/class/infiniband", "/sys/class/infiniband/**",
                                       "/dev/infiniband/uverbs*"};
constexpr Sets kSets[] = {{"host", "rdma_devices"}, {"rdma", ""}};

constexpr std::size_t kMostDevices = 1'000;
constexpr std::size_t kMostPorts = 255;  // of an InfiniBand node

void set_ports(facts::SubjectWriter& writer, const target::FileTree& files, const std::string& path) {
  const auto entries = files.list(path);
  if (!entries) {
    for (const auto* const fact : {"ports", "active_ports", "link_layer", "rate"}) {
      set_error(writer, fact, entries.error(), path);
    }
    return;
  }
  facts::List ports;
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
    ports.emplace_back(std::int64_t{*number});
    const auto state = read_trimmed(files, port + "/state");  // "4: ACTIVE"
    if (!state) failure = state.error();
    if (state && state->ends_with(": ACTIVE")) active.emplace_back(std::int64_t{*number});
  }
  writer.set("ports", std::move(ports), path);
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
  const auto path = target::join_path(kPath, name);
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

void run(const Context& context, facts::FactWriter& writer) {
  const auto entries = context.files.list(kPath);
  const auto error = entries ? Error{} : sysfs_error(context.files, entries.error());
  if (!entries && error.kind == ErrorKind::not_found) {
    writer.host().set("rdma_devices", 0, kPath);  // no module for any is loaded
  } else if (!entries) {
    set_error(writer.host(), "rdma_devices", error, kPath);
  } else if (entries->size() > kMostDevices) {
    writer.host().unknown("rdma_devices", {"more than 1,000", facts::Gap::unreadable}, kPath);
  } else {
    for (const auto& entry : *entries) {
      set_device(writer.subject("rdma", entry.name), context.files, entry.name);
    }
    writer.host().set("rdma_devices", static_cast<std::int64_t>(entries->size()), kPath);
  }
}

}  // namespace

Probe rdma_probe() {
  return {"rdma", "RDMA devices: InfiniBand and RoCE", Needs::running_system, kReads, kSets, run};
}

}  // namespace preflight::probe
