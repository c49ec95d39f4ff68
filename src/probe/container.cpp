// Whether the process runs in a container, and in which; and the Windows Subsystem for Linux.
#include "probe/cgroup_limits.hpp"
#include "probe/container_kind.hpp"
#include "probe/probe.hpp"
#include "probe/reading.hpp"

namespace preflight::probe {

namespace {

constexpr std::string_view kInteropPath = "/proc/sys/fs/binfmt_misc/WSLInterop";
constexpr std::string_view kFirstProcessPath = "/proc/1/environ";

// Looks through the marks from the innermost kind of container to the outermost, and remembers what could not
// be read.
class Search {
 public:
  explicit Search(const target::FileTree& files) : files_(files) {}

  std::optional<ContainerKind> run() {
    const auto variables = noted(process_variables(files_)).value_or(Variables{});
    if (auto kind = kind_by_variables(variables)) return kind;
    if (auto kind = by_file("/.singularity.d", "apptainer")) return kind;
    const auto mounts = parse_mounts(noted(files_.read(kMountsPath, kMostMountBytes)).value_or(""));
    auto by_mounts = kind_by_mounts(mounts);
    if (by_mounts && (by_mounts->kind == "enroot" || by_mounts->kind == "kubernetes")) return by_mounts;
    auto by_cgroups = kind_by_cgroups(noted(files_.read(kSelfCgroupPath)).value_or(""));
    if (by_cgroups && by_cgroups->kind == "kubernetes") return by_cgroups;
    if (auto kind = by_file("/run/.containerenv", "podman")) return kind;
    if (auto kind = by_file("/.dockerenv", "docker")) return kind;
    if (by_cgroups) return by_cgroups;
    if (by_mounts) return by_mounts;
    for (const auto* const path : {"/dev/.lxc", "/dev/lxd"}) {
      if (auto kind = by_file(path, "lxc")) return kind;
    }
    return by_name(variables);
  }

  const std::optional<Error>& failure() const { return failure_; }

 private:
  // By what the manager calls itself: the variable `container` of this process or of the first one, and the
  // files in which systemd and the managers keep it.
  std::optional<ContainerKind> by_name(const Variables& variables) {
    const auto from = [](const Variables& some, std::string source) -> std::optional<ContainerKind> {
      const auto found = some.find("container");
      if (found == some.end()) return std::nullopt;
      const auto kind = kind_by_manager(found->second);
      if (!kind) return std::nullopt;
      return ContainerKind{*kind, std::move(source)};
    };
    if (auto kind = from(variables, "variable container")) return kind;
    for (const auto* const path : {"/run/host/container-manager", "/run/systemd/container"}) {
      const auto name = noted(read_trimmed(files_, path));
      const auto kind = name ? kind_by_manager(*name) : std::nullopt;
      if (kind) return ContainerKind{*kind, path};
    }
    // Seldom readable without privileges: that it isn't tells nothing.
    const auto first = files_.read(kFirstProcessPath);
    if (!first) return std::nullopt;
    return from(parse_variables(*first), std::string(kFirstProcessPath));
  }

  std::optional<ContainerKind> by_file(const char* path, std::string_view kind) {
    if (!noted(files_.status(path))) return std::nullopt;
    return ContainerKind{kind, path};
  }

  template <class T>
  std::optional<T> noted(Result<T> result) {
    if (result) return std::move(*result);
    if (result.error().kind != ErrorKind::not_found && !failure_) failure_ = result.error();
    return std::nullopt;
  }

  const target::FileTree& files_;
  std::optional<Error> failure_;
};

void set_wsl(const Context& context, facts::SubjectWriter& host) {
  const auto release = read_trimmed(context.files, kKernelReleasePath);
  if (!release) {
    set_error(host, "wsl.version", release.error(), kKernelReleasePath);
  } else if (const auto version = wsl_version(*release)) {
    host.set("wsl.version", *version, kKernelReleasePath);
  } else if (context.files.exists(kInteropPath)) {
    host.set("wsl.version", 2, kInteropPath);  // version 1 has no kernels but its own
  } else {
    host.absent("wsl.version", kKernelReleasePath);
  }
}

void run_container(const Context& context, facts::FactWriter& writer) {
  auto& host = writer.host();
  set_wsl(context, host);
  Search search(context.files);
  if (const auto kind = search.run()) {
    host.set("container.kind", kind->kind, kind->source);
  } else if (search.failure()) {
    set_error(host, "container.kind", *search.failure(), "marks of container managers");
  } else {
    host.absent("container.kind", "marks of container managers");
  }
}

}  // namespace

Probe container_probe() {
  static constexpr std::string_view kReads[] = {kVariablesPath,
                                                kFirstProcessPath,
                                                kMountsPath,
                                                kSelfCgroupPath,
                                                kKernelReleasePath,
                                                kInteropPath,
                                                "/.singularity.d",
                                                "/.dockerenv",
                                                "/run/.containerenv",
                                                "/run/host/container-manager",
                                                "/run/systemd/container",
                                                "/dev/.lxc",
                                                "/dev/lxd"};
  static constexpr Sets kSets[] = {{"host", "container."}, {"host", "wsl."}};
  return {"container", "Kind of container, and WSL", Needs::running_system, kReads, kSets, run_container};
}

}  // namespace preflight::probe
