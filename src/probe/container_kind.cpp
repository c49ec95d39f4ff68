#include "probe/container_kind.hpp"

#include <algorithm>
#include <array>

#include "support/text.hpp"

namespace preflight::probe {

namespace {

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

std::string from_mounts(const Mount& mount) {
  return std::string(kMountsPath) + ": " + mount.point;
}

}  // namespace

std::optional<ContainerKind> kind_by_variables(const Variables& variables) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kMarks = {{
      {"APPTAINER_CONTAINER", "apptainer"},
      {"APPTAINER_NAME", "apptainer"},
      {"SINGULARITY_CONTAINER", "apptainer"},
      {"SINGULARITY_NAME", "apptainer"},
      {"KUBERNETES_SERVICE_HOST", "kubernetes"},
  }};
  for (const auto& [name, kind] : kMarks) {
    if (variables.contains(name)) return ContainerKind{kind, "variable " + std::string(name)};
  }
  return std::nullopt;
}

std::optional<ContainerKind> kind_by_mounts(const std::vector<Mount>& mounts) {
  // Enroot binds a container's lock on itself; it finds its containers by that file.
  if (const auto* lock = find_mount(mounts, "/.lock")) return ContainerKind{"enroot", from_mounts(*lock)};
  for (const auto* const point : {"/etc/hosts", "/dev/termination-log"}) {
    const auto* mount = find_mount(mounts, point);
    if (mount != nullptr && contains(mount->root, "/pods/")) {
      return ContainerKind{"kubernetes", from_mounts(*mount)};
    }
  }
  const auto* root = find_mount(mounts, "/");
  if (root == nullptr) return std::nullopt;
  const auto made_by = [&](std::string_view part) {
    return contains(root->root, part) || contains(root->options, part);
  };
  constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kStores = {{
      {"/enroot/", "enroot"},
      {"/docker/", "docker"},
      {"/containers/storage/", "podman"},
      {"/io.containerd.", "containerd"},
  }};
  for (const auto& [part, kind] : kStores) {
    if (made_by(part)) return ContainerKind{kind, from_mounts(*root)};
  }
  return std::nullopt;
}

std::optional<ContainerKind> kind_by_cgroups(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kMarks = {{
      {"kubepods", "kubernetes"},
      {"/libpod-", "podman"},
      {"/docker/", "docker"},
      {"/docker-", "docker"},
      {"/lxc/", "lxc"},
      {"/lxc.payload", "lxc"},
      {"/machine.slice/systemd-nspawn", "systemd-nspawn"},
  }};
  for (const auto& [part, kind] : kMarks) {
    if (contains(text, part)) return ContainerKind{kind, "/proc/self/cgroup"};
  }
  return std::nullopt;
}

std::optional<std::string_view> kind_by_manager(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kManagers = {{
      {"docker", "docker"},
      {"podman", "podman"},
      {"lxc", "lxc"},
      {"lxc-libvirt", "lxc"},
      {"systemd-nspawn", "systemd-nspawn"},
      {"kube-pod", "kubernetes"},
  }};
  if (name.empty() || name == "wsl") return std::nullopt;
  const auto* const found = std::ranges::find(kManagers, name, [](const auto& pair) { return pair.first; });
  return found == kManagers.end() ? std::string_view("other") : found->second;
}

// Releases: "4.4.0-19041-Microsoft" (1), "5.15.167.4-microsoft-standard-WSL2" (2).
std::optional<int> wsl_version(std::string_view kernel_release) {
  if (contains(kernel_release, "WSL2") || contains(kernel_release, "microsoft")) return 2;
  if (contains(kernel_release, "Microsoft")) return 1;
  return std::nullopt;
}

}  // namespace preflight::probe
