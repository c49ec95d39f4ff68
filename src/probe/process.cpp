// Resource limits, system call filter and capabilities of the process under check.
#include "probe/probe.hpp"
#include "probe/process_status.hpp"
#include "probe/reading.hpp"

namespace preflight::probe {

namespace {

constexpr std::string_view kLimitsPath = "/proc/self/limits";

constexpr std::pair<std::string_view, std::string_view> kLimits[] = {
    {"limits.memlock", "Max locked memory"},
    {"limits.nofile", "Max open files"},
    {"limits.stack", "Max stack size"},
    {"limits.nproc", "Max processes"},
};

void set_limits(const Context& context, facts::SubjectWriter& host) {
  const auto text = read_trimmed(context.files, kLimitsPath);
  if (!text) {
    set_rest_error(host, "limits.", text.error(), kLimitsPath);
    return;
  }
  for (const auto& [fact, name] : kLimits) {
    const auto limit = soft_limit(*text, name);
    if (!limit) {
      host.unknown(fact, {"no such limit in the file", facts::Gap::unreadable}, kLimitsPath);
    } else if (const auto* number = std::get_if<std::int64_t>(&*limit)) {
      host.set(fact, *number, kLimitsPath);
    } else {
      host.absent(fact, kLimitsPath);
    }
  }
}

void set_status(const Context& context, facts::SubjectWriter& host) {
  const auto text = read_trimmed(context.files, kStatusPath);
  if (!text) {
    set_error(host, "seccomp.mode", text.error(), kStatusPath);
    set_error(host, "capabilities.effective", text.error(), kStatusPath);
    return;
  }
  const auto number = status_field(*text, "Seccomp");
  if (!number) {
    host.absent("seccomp.mode", kStatusPath);  // a kernel without it
  } else if (const auto mode = seccomp_mode(*number); !mode.empty()) {
    host.set("seccomp.mode", mode, kStatusPath);
  } else {
    host.unknown("seccomp.mode", {"not a mode that is known", facts::Gap::unreadable}, kStatusPath);
  }
  const auto mask = status_field(*text, "CapEff");
  const auto names = mask ? capability_names(*mask) : std::nullopt;
  if (names) {
    host.set("capabilities.effective", facts::string_list(*names), kStatusPath);
  } else {
    host.unknown("capabilities.effective", {"no CapEff in the file", facts::Gap::unreadable}, kStatusPath);
  }
}

void run_process(const Context& context, facts::FactWriter& writer) {
  set_limits(context, writer.host());
  set_status(context, writer.host());
}

}  // namespace

Probe process_probe() {
  static constexpr std::string_view kReads[] = {kLimitsPath, kStatusPath};
  static constexpr Sets kSets[] = {{"host", "limits."}, {"host", "seccomp."}, {"host", "capabilities."}};
  return {"process",
          "Resource limits, system call filter and capabilities of the process",
          Needs::running_system,
          kReads,
          kSets,
          run_process};
}

}  // namespace preflight::probe
