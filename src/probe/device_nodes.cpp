// The driver's device nodes, by their names and permission bits: none is opened.
#include <algorithm>
#include <array>

#include "probe/probe.hpp"
#include "probe/reading.hpp"

namespace preflight::probe {

namespace {

using target::Access;
using target::FileKind;

constexpr std::string_view kDeviceDirectory = "/dev";
constexpr std::string_view kCapabilityDevices = "/dev/nvidia-caps";
constexpr std::string_view kChannels = "/dev/nvidia-caps-imex-channels";

std::string_view to_text(Access access) {
  switch (access) {
    case Access::none:
      return "none";
    case Access::read_only:
      return "read-only";
    case Access::read_write:
      return "read-write";
  }
  return "none";
}

// 0666 as "0666".
std::string octal(unsigned permissions) {
  std::string digits;
  for (const unsigned shift : {9U, 6U, 3U, 0U})
    digits += static_cast<char>('0' + (permissions >> shift & 7U));
  return digits;
}

struct Node {
  std::string path;
  target::FileStatus status;
  Result<Access> access;
};

// The character devices of a directory whose names begin with `prefix`.
Result<std::vector<Node>> find_nodes(const target::FileTree& files, std::string_view directory,
                                     std::string_view prefix) {
  const auto entries = files.list(directory);
  if (!entries) return entries.error();
  std::vector<Node> nodes;
  for (const auto& entry : *entries) {
    if (!entry.name.starts_with(prefix) || entry.kind == FileKind::directory) continue;
    std::string path = target::join_path(directory, entry.name);
    const auto status = files.status(path);
    if (!status || status->kind != FileKind::character_device) continue;
    auto access = files.access(path);
    nodes.push_back({std::move(path), *status, std::move(access)});
  }
  return nodes;
}

// N of "/dev/nvidiaN".
bool is_gpu(const Node& node) {
  constexpr std::string_view kPrefix = "/dev/nvidia";
  const std::string_view number = std::string_view(node.path).substr(kPrefix.size());
  return !number.empty() &&
         std::ranges::all_of(number, [](char digit) { return digit >= '0' && digit <= '9'; });
}

facts::Value record(const Node& node) {
  return facts::Map{{"path", node.path},
                    {"major", std::int64_t{node.status.device_major}},
                    {"minor", std::int64_t{node.status.device_minor}},
                    {"mode", octal(node.status.permissions)},
                    {"access", node.access ? to_text(*node.access) : std::string_view{}}};
}

// The access to one node that the driver needs.
void set_access(facts::SubjectWriter& host, std::string_view fact, const std::vector<Node>& nodes,
                std::string_view path) {
  const auto node = std::ranges::find(nodes, path, &Node::path);
  if (node == nodes.end()) {
    host.absent(fact, path);
  } else if (node->access) {
    host.set(fact, to_text(*node->access), path);
  } else {
    host.unknown(fact, unknown_after(node->access.error()), path);
  }
}

void set_paths(facts::SubjectWriter& host, std::string_view fact, const Result<std::vector<Node>>& nodes,
               std::string_view directory) {
  if (!nodes) {
    set_error(host, fact, nodes.error(), directory);
    return;
  }
  facts::List paths;
  for (const auto& node : *nodes) paths.emplace_back(node.path);
  host.set(fact, std::move(paths), directory);
}

// systemd knows devices by these links.
void set_char_links(const target::FileTree& files, const std::vector<Node>& nodes,
                    facts::SubjectWriter& host) {
  constexpr std::string_view kFact = "devices.missing_char_links";
  constexpr std::string_view kLinks = "/dev/char";
  const auto links = files.status(kLinks);
  if (!links) {
    set_error(host, kFact, links.error(), kLinks);
    return;
  }
  facts::List missing;
  for (const auto& node : nodes) {
    const auto link =
        std::to_string(node.status.device_major) + ":" + std::to_string(node.status.device_minor);
    if (!files.exists(target::join_path(kLinks, link))) missing.emplace_back(node.path);
  }
  host.set(kFact, std::move(missing), kLinks);
}

void run_device_nodes(const Context& context, facts::FactWriter& writer) {
  auto& host = writer.host();
  const auto nodes = find_nodes(context.files, kDeviceDirectory, "nvidia");
  if (!nodes) {
    set_rest_error(host, "devices.", nodes.error(), kDeviceDirectory);
    return;
  }
  const auto capabilities = find_nodes(context.files, kCapabilityDevices, "");
  const auto channels = find_nodes(context.files, kChannels, "");
  facts::List all;
  for (const auto* group : {&nodes, &capabilities, &channels}) {
    if (!*group) continue;
    for (const auto& node : **group) all.push_back(record(node));
  }
  host.set("devices.nodes", std::move(all), kDeviceDirectory);
  set_access(host, "devices.nvidiactl", *nodes, "/dev/nvidiactl");
  set_access(host, "devices.nvidia_uvm", *nodes, "/dev/nvidia-uvm");

  std::int64_t count = 0;
  facts::List inaccessible;
  for (const auto& node : *nodes) {
    if (!is_gpu(node)) continue;
    ++count;
    if (node.access && *node.access != Access::read_write) inaccessible.emplace_back(node.path);
  }
  host.set("devices.gpu_nodes", count, kDeviceDirectory);
  host.set("devices.inaccessible_gpu_nodes", std::move(inaccessible), kDeviceDirectory);
  set_char_links(context.files, *nodes, host);
  set_paths(host, "devices.mig_capabilities", capabilities, kCapabilityDevices);
  set_paths(host, "devices.imex_channels", channels, kChannels);

  const auto dxg = context.files.status("/dev/dxg");
  if (dxg || dxg.error().kind == ErrorKind::not_found) {
    host.set("devices.dxg", static_cast<bool>(dxg), "/dev/dxg");
  } else {
    set_error(host, "devices.dxg", dxg.error(), "/dev/dxg");
  }
}

}  // namespace

Probe device_nodes_probe() {
  static constexpr std::string_view kReads[] = {
      "/dev",     "/dev/nvidia*", "/dev/nvidia-caps/*", "/dev/nvidia-caps-imex-channels/*",
      "/dev/dxg", "/dev/char",    "/dev/char/*"};
  static constexpr Sets kSets[] = {{"host", "devices."}};
  return {
      "device-nodes",  "The driver's device nodes and who may use them", Needs::running_system, kReads, kSets,
      run_device_nodes};
}

}  // namespace preflight::probe
