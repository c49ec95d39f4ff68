// The running kernel. Read from /proc rather than uname(2), so that a captured tree answers alike.
#include "probe/kernel_options.hpp"
#include "probe/probe.hpp"
#include "probe/reading.hpp"
#include "support/version.hpp"

namespace preflight::probe {

namespace {

constexpr std::string_view kOptionsPath = "/proc/cmdline";
constexpr std::string_view kJitHardenPath = "/proc/sys/net/core/bpf_jit_harden";
constexpr std::string_view kSuspendsPath = "/sys/power/suspend_stats/success";

// A container seldom shows the host's modules; without any directory for this kernel nothing can be said.
void set_headers(const Context& context, std::string_view release, facts::SubjectWriter& host) {
  const auto directory = target::join_path("/lib/modules", target::base_name(release));
  const auto build = target::join_path(directory, "build");
  const auto headers = context.files.resolve(build);
  if (headers) {
    host.set("kernel.headers", *headers, build);
  } else if (headers.error().kind == ErrorKind::not_found && !context.files.exists(directory)) {
    host.unknown("kernel.headers", {"nothing of the running kernel is installed here"}, directory);
  } else {
    set_error(host, "kernel.headers", headers.error(), build);
  }
}

void set_release(const Context& context, facts::SubjectWriter& host) {
  const auto path = kKernelReleasePath;
  const auto release = read_trimmed(context.files, path);
  if (!release) {
    for (const auto* const fact : {"kernel.release", "kernel.version", "kernel.headers"}) {
      set_error(host, fact, release.error(), path);
    }
    return;
  }
  host.set("kernel.release", *release, path);
  set_headers(context, *release, host);
  const auto version = leading_dotted_version(*release);
  if (version.empty()) {
    host.unknown("kernel.version", {"the release begins with no number", facts::Gap::unreadable}, path);
  } else {
    host.set("kernel.version", version, path);
  }
}

void run_kernel(const Context& context, facts::FactWriter& writer) {
  auto& host = writer.host();
  set_release(context, host);
  set_integer(host, "kernel.bpf_jit_harden", context.files, kJitHardenPath);
  set_integer(host, "kernel.suspends", context.files, kSuspendsPath);
  const auto line = read_trimmed(context.files, kOptionsPath);
  if (!line) {
    set_error(host, "kernel.options", line.error(), kOptionsPath);
    return;
  }
  facts::Map options;
  for (auto& [name, value] : parse_gpu_kernel_options(*line)) options.emplace(name, value);
  host.set("kernel.options", std::move(options), kOptionsPath);
}

}  // namespace

Probe kernel_probe() {
  static constexpr std::string_view kReads[] = {kKernelReleasePath, kOptionsPath,     kJitHardenPath,
                                                kSuspendsPath,      "/lib/modules/*", "/lib/modules/*/build"};
  static constexpr Sets kSets[] = {{"host", "kernel."}};
  return {"kernel",  "Running kernel and its options for GPUs", Needs::running_system, kReads, kSets,
          run_kernel};
}

}  // namespace preflight::probe
