// The driver's daemons: fabric manager, persistence daemon and IMEX.
#include <algorithm>
#include <map>
#include <optional>

#include "probe/probe.hpp"
#include "probe/reading.hpp"
#include "probe/services/dpkg_status.hpp"
#include "support/text.hpp"

namespace preflight::probe {

namespace {

using facts::Gap;
using target::FileTree;

constexpr std::string_view kFabricManager = "/usr/bin/nv-fabricmanager";

constexpr std::size_t kMostProcesses = 20'000;
constexpr std::size_t kCommandNameSize = 15;  // of /proc/PID/comm (proc(5))

struct Daemon {
  std::string_view fact;
  std::string_view started;  // fact; empty for a daemon whose start doesn't matter
  std::string_view name;     // of the program
  std::string_view pid_file;
};

constexpr Daemon kDaemons[] = {
    {"fabric_manager.running", "fabric_manager.started", "nv-fabricmanager",
     "/run/nvidia-fabricmanager/nv-fabricmanager.pid"},
    {"persistenced.running", "persistenced.started", "nvidia-persistenced",
     "/run/nvidia-persistenced/nvidia-persistenced.pid"},
    {"imex.running", "", "nvidia-imex", "/run/nvidia-imex/nvidia-imex.pid"},
};

std::string command_path(std::string_view process) {
  return "/proc/" + std::string(process) + "/comm";
}

bool runs(const FileTree& files, std::string_view process, std::string_view name) {
  const auto command = read_trimmed(files, command_path(process));
  return command && *command == name.substr(0, kCommandNameSize);
}

// In the first PID namespace, process 2 is the parent of the kernel's threads.
bool shows_whole_host(const FileTree& files) {
  return runs(files, "2", "kthreadd");
}

// All processes by their name, read at most once and only when no file of a daemon tells.
class Processes {
 public:
  explicit Processes(const FileTree& files) : files_(files) {}

  // The id of one of this name; empty when there is none.
  Result<std::string> find(std::string_view name) {
    if (!ids_) ids_ = read();
    if (!*ids_) return ids_->error();
    const auto found = (*ids_)->find(std::string(name.substr(0, kCommandNameSize)));
    return found == (*ids_)->end() ? std::string() : found->second;
  }

 private:
  Result<std::map<std::string, std::string>> read() const {
    const auto entries = files_.list("/proc");
    if (!entries) return entries.error();
    std::map<std::string, std::string> ids;
    std::size_t count = 0;
    for (const auto& entry : *entries) {
      if (!is_decimal(entry.name)) continue;
      if (++count > kMostProcesses) return Error{ErrorKind::too_large, "too many processes"};
      auto name = read_trimmed(files_, command_path(entry.name));
      if (name) ids.emplace(std::move(*name), entry.name);  // else it has just ended
    }
    return ids;
  }

  const FileTree& files_;
  std::optional<Result<std::map<std::string, std::string>>> ids_;
};

// When a process was started, in seconds from the boot: the 22nd field of its stat file, in ticks. The name
// in the second field may hold anything; nothing after its closing parenthesis does (proc(5)).
std::optional<std::int64_t> start_of(std::string_view stat) {
  constexpr std::size_t kStartAfterName = 19;
  constexpr std::int64_t kTicksPerSecond = 100;  // USER_HZ
  const auto end_of_name = stat.rfind(')');
  if (end_of_name == std::string_view::npos) return std::nullopt;
  const auto fields = words(stat.substr(end_of_name + 1));
  const auto ticks = fields.size() > kStartAfterName ? to_integer(fields[kStartAfterName]) : std::nullopt;
  return ticks && *ticks >= 0 ? std::optional<std::int64_t>(*ticks / kTicksPerSecond) : std::nullopt;
}

void write_start(const FileTree& files, const Daemon& daemon, const std::string& process,
                 facts::SubjectWriter& host) {
  if (daemon.started.empty()) return;
  const auto path = "/proc/" + process + "/stat";
  const auto stat = read_trimmed(files, path);
  if (!stat) {
    set_error(host, daemon.started, stat.error(), path);
  } else if (const auto start = start_of(*stat)) {
    host.set(daemon.started, *start, path);
  } else {
    host.unknown(daemon.started, {"no start in the process' stat file", Gap::unreadable}, path);
  }
}

// The id of the daemon's process; empty when it doesn't run. unsupported where the host's processes are
// hidden.
Result<std::string> find_daemon(const FileTree& files, const Daemon& daemon, Processes& processes) {
  const auto process = read_trimmed(files, daemon.pid_file);
  if (process && is_decimal(*process) && runs(files, *process, daemon.name)) return *process;
  const auto found = processes.find(daemon.name);
  if (!found) return Error{ErrorKind::io, found.error().message};
  if (found->empty() && !shows_whole_host(files)) {
    return Error{ErrorKind::unsupported, "the processes of the host aren't visible from here"};
  }
  return *found;
}

void write_daemon(const FileTree& files, const Daemon& daemon, Processes& processes,
                  facts::SubjectWriter& host) {
  const auto process = find_daemon(files, daemon, processes);
  if (!process) {
    set_error(host, daemon.fact, process.error(), "/proc");
    if (!daemon.started.empty()) set_error(host, daemon.started, process.error(), "/proc");
    return;
  }
  host.set(daemon.fact, !process->empty(), "/proc/*/comm");
  if (!process->empty()) {
    write_start(files, daemon, *process, host);
  } else if (!daemon.started.empty()) {
    host.absent(daemon.started, "/proc/*/comm");
  }
}

// "nvidia-fabricmanager", or with a branch: "nvidia-fabricmanager-535".
bool is_fabric_manager(std::string_view package) {
  constexpr std::string_view kName = "nvidia-fabricmanager";
  if (!package.starts_with(kName)) return false;
  package.remove_prefix(kName.size());
  return package.empty() || (package.front() == '-' && is_decimal(package.substr(1)));
}

void write_fabric_manager_version(const FileTree& files, facts::SubjectWriter& host) {
  constexpr std::string_view kFact = "fabric_manager.version";
  if (services::set_installed_version(host, kFact, files, is_fabric_manager)) return;
  const auto program = files.status(kFabricManager);
  if (program) {
    host.unknown(kFact,
                 {"it is installed by no Debian package, and its program states no version in a known way"},
                 kFabricManager);
  } else {
    set_error(host, kFact, program.error(), kFabricManager);
  }
}

void run_driver_services(const Context& context, facts::FactWriter& writer) {
  auto& host = writer.host();
  write_fabric_manager_version(context.files, host);
  if (context.state == SystemState::at_rest) {
    for (const auto* const prefix : {"fabric_manager.", "persistenced.", "imex."}) {
      host.rest_unknown(prefix, {"files at rest show no processes"}, "/proc");
    }
    return;
  }
  Processes processes(context.files);
  for (const auto& daemon : kDaemons) write_daemon(context.files, daemon, processes, host);
}

}  // namespace

Probe driver_services_probe() {
  static constexpr std::string_view kReads[] = {services::kDpkgStatus,
                                                kFabricManager,
                                                "/proc",
                                                "/proc/*/comm",
                                                "/proc/*/stat",
                                                "/run/nvidia-fabricmanager/nv-fabricmanager.pid",
                                                "/run/nvidia-persistenced/nvidia-persistenced.pid",
                                                "/run/nvidia-imex/nvidia-imex.pid"};
  static constexpr Sets kSets[] = {{"host", "fabric_manager."}, {"host", "persistenced."}, {"host", "imex."}};
  return {"driver-services",  "Fabric manager, persistence daemon and IMEX", Needs::files, kReads, kSets,
          run_driver_services};
}

}  // namespace preflight::probe
