// The running kernel. Read from /proc rather than uname(2), so that a captured tree answers alike.
#include "probe/kernel_options.hpp"
#include "probe/probe.hpp"
#include "probe/reading.hpp"
#include "support/version.hpp"

namespace preflight::probe {

namespace {

constexpr std::string_view kReads[] = {"/proc/sys/kernel/osrelease", "/proc/cmdline"};
constexpr Sets kSets[] = {{"host", "kernel."}};

void set_release(const Context& context, facts::SubjectWriter& host) {
  const auto path = kReads[0];
  const auto release = read_trimmed(context.files, path);
  if (!release) {
    set_error(host, "kernel.release", release.error(), path);
    set_error(host, "kernel.version", release.error(), path);
    return;
  }
  host.set("kernel.release", *release, path);
  const auto version = leading_dotted_version(*release);
  if (version.empty()) {
    host.unknown("kernel.version", {"the release begins with no number", facts::Gap::unreadable}, path);
  } else {
    host.set("kernel.version", version, path);
  }
}

void run(const Context& context, facts::FactWriter& writer) {
  auto& host = writer.host();
  set_release(context, host);
  const auto path = kReads[1];
  const auto line = read_trimmed(context.files, path);
  if (!line) {
    set_error(host, "kernel.options", line.error(), path);
    return;
  }
  facts::Map options;
  for (auto& [name, value] : parse_gpu_kernel_options(*line)) options.emplace(name, value);
  host.set("kernel.options", std::move(options), path);
}

}  // namespace

Probe kernel_probe() {
  return {"kernel", "Running kernel and its options for GPUs", Needs::running_system, kReads, kSets, run};
}

}  // namespace preflight::probe
