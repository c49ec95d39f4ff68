// The source of NVIDIA's kernel module in DKMS, and whether it was built for the running kernel.
#include <algorithm>
#include <optional>

#include "probe/probe.hpp"
#include "probe/reading.hpp"
#include "support/version.hpp"

namespace preflight::probe {

namespace {

using target::FileTree;

constexpr std::string_view kTree = "/var/lib/dkms";

// Packagers' names of the module: nvidia, nvidia-current, nvidia-open, nvidia-tesla-470, nvidia-srv, ...
constexpr std::string_view kOthers[] = {"nvidia-fs", "nvidia-peermem", "nvidia-gdrdrv"};

struct Source {
  std::string directory;  // /var/lib/dkms/nvidia/535.104.05
  std::string version;
};

// The newest source of the driver's module. DKMS keeps one directory for each module and version.
Result<Source> newest_source(const FileTree& files) {
  const auto modules = files.list(kTree);
  if (!modules) return modules.error();
  std::optional<Source> newest;
  for (const auto& module : *modules) {
    if (!module.name.starts_with("nvidia")) continue;
    if (std::ranges::find(kOthers, module.name) != std::end(kOthers)) continue;
    const auto directory = target::join_path(kTree, module.name);
    const auto versions = files.list(directory);
    if (!versions) continue;
    for (const auto& entry : *versions) {
      const auto version = parse_dotted_version(leading_dotted_version(entry.name));
      if (!version || version->numbers.size() < 2 || entry.kind != target::FileKind::directory) continue;
      if (newest && *version <= *parse_dotted_version(newest->version)) continue;
      newest =
          Source{target::join_path(directory, entry.name), std::string(leading_dotted_version(entry.name))};
    }
  }
  if (!newest) return Error{ErrorKind::not_found, "DKMS has no source of the driver"};
  return *newest;
}

// DKMS keeps what it built below RELEASE/ARCHITECTURE.
void set_built(const FileTree& files, const Source& source, facts::SubjectWriter& host) {
  constexpr std::string_view kFact = "driver.dkms_built";
  const auto release = read_trimmed(files, kKernelReleasePath);
  if (!release) {
    host.unknown(kFact, {"the running kernel isn't known"}, kKernelReleasePath);
    return;
  }
  const auto built = target::join_path(source.directory, target::base_name(*release));
  const auto status = files.status(built);
  if (status || status.error().kind == ErrorKind::not_found) {
    host.set(kFact, static_cast<bool>(status), built);
  } else {
    set_error(host, kFact, status.error(), built);
  }
}

void run_dkms(const Context& context, facts::FactWriter& writer) {
  auto& host = writer.host();
  const auto source = newest_source(context.files);
  if (!source) {
    set_rest_error(host, "driver.dkms_", source.error(), kTree);
    return;
  }
  host.set("driver.dkms_version", source->version, source->directory);
  set_built(context.files, *source, host);
}

}  // namespace

Probe dkms_probe() {
  static constexpr std::string_view kReads[] = {kTree, "/var/lib/dkms/nvidia*", "/var/lib/dkms/nvidia*/**",
                                                kKernelReleasePath};
  static constexpr Sets kSets[] = {{"host", "driver.dkms_"}};
  return {"dkms", "The driver's module in DKMS", Needs::files, kReads, kSets, run_dkms};
}

}  // namespace preflight::probe
