// The container runtime of a Kubernetes node: containerd's configuration, and what the kubelet is told to
// use.
#include <map>

#include "probe/probe.hpp"
#include "probe/reading.hpp"
#include "probe/services/toml_settings.hpp"
#include "support/text.hpp"

namespace preflight::probe {

namespace {

using target::FileTree;

// The configuration that k3s and RKE2 write for their own containerd comes first.
constexpr std::string_view kContainerd[] = {"/var/lib/rancher/k3s/agent/etc/containerd/config.toml",
                                            "/var/lib/rancher/rke2/agent/etc/containerd/config.toml",
                                            "/etc/containerd/config.toml"};
constexpr std::string_view kContainerdDropIns = "/etc/containerd/conf.d";
constexpr std::string_view kKubelet = "/var/lib/kubelet/config.yaml";
constexpr std::string_view kKubeletFlags = "/var/lib/kubelet/kubeadm-flags.env";

constexpr std::size_t kMostDropIns = 100;

// containerd's settings, those of its drop-ins last, for they win.
struct ContainerdSettings {
  std::map<std::string, std::string, std::less<>> values;
  bool has_nvidia_runtime = false;
  std::string source;  // empty when there is no configuration
  std::optional<Error> problem;
};

void read_containerd(const FileTree& files, const std::string& path, ContainerdSettings& settings) {
  const auto text = files.read(path);
  if (!text) {
    if (text.error().kind != ErrorKind::not_found) settings.problem = text.error();
    return;
  }
  settings.source = path;
  for (auto& [name, value] : services::read_toml_settings(*text)) {
    settings.values.insert_or_assign(name, std::move(value));
  }
  for (auto line : lines(*text)) {
    line = trim(line);
    const bool is_runtime = line.starts_with('[') && line.find(".runtimes.") != std::string_view::npos;
    if (is_runtime && line.find("nvidia") != std::string_view::npos) settings.has_nvidia_runtime = true;
  }
}

ContainerdSettings read_containerd(const FileTree& files) {
  ContainerdSettings settings;
  for (const auto path : kContainerd) {
    read_containerd(files, std::string(path), settings);
    if (!settings.source.empty() || settings.problem) break;
  }
  const auto entries = files.list(kContainerdDropIns);
  if (!entries) return settings;
  for (std::size_t index = 0; index < entries->size() && index < kMostDropIns; ++index) {
    const auto& name = (*entries)[index].name;
    if (name.ends_with(".toml"))
      read_containerd(files, target::join_path(kContainerdDropIns, name), settings);
  }
  return settings;
}

// The value of a setting whose table and name end so, in any version of the configuration's layout.
std::optional<std::string> setting_ending(const ContainerdSettings& settings, std::string_view end) {
  for (const auto& [name, value] : settings.values) {
    if (name.ends_with(end)) return value;
  }
  return std::nullopt;
}

void write_containerd(const ContainerdSettings& settings, facts::SubjectWriter& host) {
  if (settings.problem) {
    host.rest_unknown("containerd.", unknown_after(*settings.problem), kContainerd[2]);
    return;
  }
  if (settings.source.empty()) {
    host.rest_absent("containerd.", kContainerd[2]);
    return;
  }
  if (const auto runtime = setting_ending(settings, ".default_runtime_name")) {
    host.set("containerd.default_runtime", *runtime, settings.source);
  } else {
    host.absent("containerd.default_runtime", settings.source);
  }
  host.set("containerd.nvidia_runtime", settings.has_nvidia_runtime, settings.source);
  if (const auto systemd = setting_ending(settings, ".SystemdCgroup")) {
    host.set("containerd.systemd_cgroup", *systemd == "true", settings.source);
  } else {
    host.absent("containerd.systemd_cgroup", settings.source);
  }
}

// The value of a top-level key of the kubelet's YAML: `cgroupDriver: systemd`.
std::string_view yaml_value(std::string_view text, std::string_view key) {
  for (const auto line : lines(text)) {
    if (!line.starts_with(key) || !line.substr(key.size()).starts_with(':')) continue;
    auto value = trim(line.substr(key.size() + 1));
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
      value = value.substr(1, value.size() - 2);
    return value;
  }
  return {};
}

// By the socket of its endpoint: "unix:///run/containerd/containerd.sock".
std::string_view runtime_of_endpoint(std::string_view endpoint) {
  constexpr std::pair<std::string_view, std::string_view> kSockets[] = {
      {"cri-dockerd", "docker"}, {"dockershim", "docker"}, {"crio", "crio"}, {"containerd", "containerd"}};
  for (const auto& [part, runtime] : kSockets) {
    if (endpoint.find(part) != std::string_view::npos) return runtime;
  }
  return {};
}

void write_kubelet(const FileTree& files, facts::SubjectWriter& host) {
  constexpr std::string_view kFact = "kubelet.runtime";
  const auto configuration = files.read(kKubelet);
  const auto flags = files.read(kKubeletFlags);
  if (!configuration && !flags) {
    set_rest_error(host, "kubelet.", configuration.error(), kKubelet);
    return;
  }
  const std::string text = configuration ? *configuration : std::string();
  auto runtime = runtime_of_endpoint(yaml_value(text, "containerRuntimeEndpoint"));
  auto source = kKubelet;
  constexpr std::string_view kFlag = "--container-runtime-endpoint=";
  const auto at = flags ? flags->find(kFlag) : std::string::npos;
  if (runtime.empty() && at != std::string::npos) {
    const auto rest = std::string_view(*flags).substr(at + kFlag.size());
    runtime = runtime_of_endpoint(rest.substr(0, rest.find_first_of(" \"\n")));
    source = kKubeletFlags;
  }
  if (runtime.empty()) {
    host.unknown(kFact, {"its files name no endpoint that is known"}, source);
  } else {
    host.set(kFact, runtime, source);
  }
  if (const auto driver = yaml_value(text, "cgroupDriver"); !driver.empty()) {
    host.set("kubelet.cgroup_driver", driver, kKubelet);
  } else {
    host.absent("kubelet.cgroup_driver", kKubelet);
  }
}

void run_kubernetes_node(const Context& context, facts::FactWriter& writer) {
  write_containerd(read_containerd(context.files), writer.host());
  write_kubelet(context.files, writer.host());
}

}  // namespace

Probe kubernetes_node_probe() {
  static constexpr std::string_view kReads[] = {
      kContainerd[0], kContainerd[1], kContainerd[2], kContainerdDropIns, "/etc/containerd/conf.d/*.toml",
      kKubelet,       kKubeletFlags};
  static constexpr Sets kSets[] = {{"host", "containerd."}, {"host", "kubelet."}};
  return {"kubernetes-node", "containerd and the kubelet", Needs::files, kReads, kSets, run_kubernetes_node};
}

}  // namespace preflight::probe
