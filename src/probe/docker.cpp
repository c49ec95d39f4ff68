// The container engines of a node; versions and settings of Docker and Podman.
#include <algorithm>
#include <vector>

#include <nlohmann/json.hpp>

#include "probe/probe.hpp"
#include "probe/reading.hpp"
#include "probe/services/dpkg_status.hpp"
#include "support/json.hpp"

namespace preflight::probe {

namespace {

using facts::Gap;
using target::FileTree;

constexpr std::string_view kDocker = "/etc/docker/daemon.json";
constexpr std::string_view kDockerSocket = "/run/docker.sock";
constexpr std::string_view kSnaps[] = {"/snap/docker", "/var/lib/snapd/snap/docker"};

struct Engine {
  std::string_view name;
  std::string_view program;
};
constexpr Engine kEngines[] = {{"apptainer", "apptainer"}, {"containerd", "containerd"},
                               {"crio", "crio"},           {"docker", "dockerd"},
                               {"enroot", "enroot"},       {"podman", "podman"}};

// The version of the first installed package of these names. A program of no package has none that its file
// tells in a known way.
void write_engine_version(const FileTree& files, facts::SubjectWriter& host, std::string_view fact,
                          const std::vector<std::string_view>& names, std::string_view program) {
  const auto is_engine = [&](std::string_view name) { return std::ranges::find(names, name) != names.end(); };
  if (services::set_installed_version(host, fact, files, is_engine)) return;
  const auto found = files.status(program);
  if (found) {
    host.unknown(fact, {"it is installed by no Debian package"}, program);
  } else {
    set_error(host, fact, found.error(), program);
  }
}

// "native.cgroupdriver=systemd" among the exec-opts; empty when it isn't there.
std::string cgroup_driver_of(const nlohmann::json& settings) {
  constexpr std::string_view kOption = "native.cgroupdriver=";
  const auto options = settings.find("exec-opts");
  if (options == settings.end() || !options->is_array()) return {};
  for (const auto& option : *options) {
    const auto* const word = option.get_ptr<const std::string*>();
    if (word != nullptr && word->starts_with(kOption)) return word->substr(kOption.size());
  }
  return {};
}

void write_docker_settings(const FileTree& files, facts::SubjectWriter& host) {
  constexpr std::string_view kFacts[] = {"docker.default_runtime", "docker.nvidia_runtime",
                                         "docker.cgroup_driver"};
  const auto text = files.read(kDocker);
  const auto json = text ? parse_json(*text) : text.error();
  if (!json || !json->is_object()) {
    for (const auto fact : kFacts) {
      if (!text) {
        set_error(host, fact, text.error(), kDocker);
      } else {
        host.unknown(fact, {json ? "not a JSON object" : json.error().message, Gap::unreadable}, kDocker);
      }
    }
    return;
  }
  const auto runtime = json->find("default-runtime");
  if (runtime != json->end() && runtime->is_string()) {
    host.set(kFacts[0], runtime->get<std::string>(), kDocker);
  } else {
    host.absent(kFacts[0], kDocker);
  }
  const auto runtimes = json->find("runtimes");
  host.set(kFacts[1], runtimes != json->end() && runtimes->is_object() && runtimes->contains("nvidia"),
           kDocker);
  if (const auto driver = cgroup_driver_of(*json); !driver.empty()) {
    host.set(kFacts[2], driver, kDocker);
  } else {
    host.absent(kFacts[2], kDocker);
  }
}

void write_docker_presence(const Context& context, facts::SubjectWriter& host) {
  std::string_view snap;
  for (const auto path : kSnaps) {
    if (context.files.exists(path)) snap = path;
  }
  host.set("docker.snap", !snap.empty(), snap.empty() ? kSnaps[0] : snap);
  if (context.state == SystemState::at_rest) {
    host.unknown("docker.rootful", {"files at rest show no running system"}, kDockerSocket);
    return;
  }
  const auto socket = context.files.status(kDockerSocket);
  if (socket || socket.error().kind == ErrorKind::not_found) {
    host.set("docker.rootful", static_cast<bool>(socket), kDockerSocket);
  } else {
    set_error(host, "docker.rootful", socket.error(), kDockerSocket);
  }
}

void write_engines(const FileTree& files, facts::SubjectWriter& host) {
  constexpr std::string_view kFolders[] = {"/usr/bin", "/usr/local/bin"};
  std::vector<std::string> installed;
  for (const auto& engine : kEngines) {
    const auto is_in = [&](std::string_view folder) {
      return files.exists(target::join_path(folder, engine.program));
    };
    if (std::ranges::any_of(kFolders, is_in)) installed.emplace_back(engine.name);
  }
  host.set("container_engines", facts::string_list(installed), "/usr/bin, /usr/local/bin");
}

void run_docker(const Context& context, facts::FactWriter& writer) {
  auto& host = writer.host();
  write_engine_version(context.files, host, "docker.version", {"docker-ce", "docker.io", "moby-engine"},
                       "/usr/bin/dockerd");
  write_engine_version(context.files, host, "podman.version", {"podman"}, "/usr/bin/podman");
  write_engines(context.files, host);
  write_docker_presence(context, host);
  write_docker_settings(context.files, host);
}

}  // namespace

Probe docker_probe() {
  static constexpr std::string_view kReads[] = {
      services::kDpkgStatus, kDocker, kDockerSocket, kSnaps[0], kSnaps[1], "/usr/bin/*", "/usr/local/bin/*"};
  static constexpr Sets kSets[] = {{"host", "container_engines"}, {"host", "docker."}, {"host", "podman."}};
  return {"docker", "Docker and Podman", Needs::files, kReads, kSets, run_docker};
}

}  // namespace preflight::probe
