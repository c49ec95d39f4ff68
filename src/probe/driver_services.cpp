// The driver's daemons: fabric manager, persistence daemon and IMEX.
#include <algorithm>

#include "probe/probe.hpp"
#include "probe/reading.hpp"
#include "probe/services/dpkg_status.hpp"
#include "support/text.hpp"

namespace preflight::probe {

namespace {

using facts::Gap;
using target::FileTree;

constexpr std::string_view kPackages = "/var/lib/dpkg/status";
constexpr std::string_view kFabricManager = "/usr/bin/nv-fabricmanager";
constexpr std::string_view kReads[] = {kPackages,
                                       kFabricManager,
                                       "/proc",
                                       "/proc/*/comm",
                                       "/run/nvidia-fabricmanager/nv-fabricmanager.pid",
                                       "/run/nvidia-persistenced/nvidia-persistenced.pid",
                                       "/run/nvidia-imex/nvidia-imex.pid"};
constexpr Sets kSets[] = {{"host", "fabric_manager."}, {"host", "persistenced."}, {"host", "imex."}};

constexpr std::size_t kLargestPackages = std::size_t{64} << 20U;
constexpr std::size_t kMostProcesses = 20'000;
constexpr std::size_t kCommandNameSize = 15;  // of /proc/PID/comm (proc(5))

struct Daemon {
  std::string_view fact;
  std::string_view name;  // of the program
  std::string_view pid_file;
};

constexpr Daemon kDaemons[] = {
    {"fabric_manager.running", "nv-fabricmanager", "/run/nvidia-fabricmanager/nv-fabricmanager.pid"},
    {"persistenced.running", "nvidia-persistenced", "/run/nvidia-persistenced/nvidia-persistenced.pid"},
    {"imex.running", "nvidia-imex", "/run/nvidia-imex/nvidia-imex.pid"},
};

bool is_number(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char digit) { return digit >= '0' && digit <= '9'; });
}

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

// The names of all processes, read at most once and only when no file of a daemon tells.
class Processes {
 public:
  explicit Processes(const FileTree& files) : files_(files) {}

  Result<bool> has(std::string_view name) {
    if (!names_) names_ = read();
    if (!*names_) return names_->error();
    return std::ranges::find(**names_, name.substr(0, kCommandNameSize)) != (*names_)->end();
  }

 private:
  Result<std::vector<std::string>> read() const {
    const auto entries = files_.list("/proc");
    if (!entries) return entries.error();
    std::vector<std::string> names;
    for (const auto& entry : *entries) {
      if (!is_number(entry.name)) continue;
      if (names.size() == kMostProcesses) return Error{ErrorKind::too_large, "too many processes"};
      auto name = read_trimmed(files_, command_path(entry.name));
      if (name) names.push_back(std::move(*name));  // else it has just ended
    }
    return names;
  }

  const FileTree& files_;
  std::optional<Result<std::vector<std::string>>> names_;
};

void write_running(const FileTree& files, const Daemon& daemon, Processes& processes,
                   facts::SubjectWriter& host) {
  const auto process = read_trimmed(files, daemon.pid_file);
  if (process && is_number(*process) && runs(files, *process, daemon.name)) {
    host.set(daemon.fact, true, daemon.pid_file);
    return;
  }
  const auto found = processes.has(daemon.name);
  if (!found) {
    host.unknown(daemon.fact, {found.error().message, Gap::unreadable}, "/proc");
  } else if (*found || shows_whole_host(files)) {
    host.set(daemon.fact, *found, "/proc/*/comm");
  } else {
    host.unknown(daemon.fact, {"the processes of the host aren't visible from here"}, "/proc");
  }
}

// "nvidia-fabricmanager", or with a branch: "nvidia-fabricmanager-535".
bool is_fabric_manager(std::string_view package) {
  constexpr std::string_view kName = "nvidia-fabricmanager";
  if (!package.starts_with(kName)) return false;
  package.remove_prefix(kName.size());
  return package.empty() || (package.front() == '-' && is_number(package.substr(1)));
}

void write_version(const FileTree& files, facts::SubjectWriter& host) {
  constexpr std::string_view kFact = "fabric_manager.version";
  if (const auto status = files.read(kPackages, kLargestPackages)) {
    if (const auto package = services::find_installed(*status, is_fabric_manager)) {
      host.set(kFact, package->version, std::string(kPackages) + " " + package->name);
      return;
    }
  }
  const auto program = files.status(kFabricManager);
  if (program) {
    host.unknown(kFact,
                 {"it is installed by no Debian package, and its program states no version in a known way"},
                 kFabricManager);
  } else {
    set_error(host, kFact, program.error(), kFabricManager);
  }
}

void run(const Context& context, facts::FactWriter& writer) {
  auto& host = writer.host();
  write_version(context.files, host);
  if (context.state == SystemState::at_rest) {
    for (const auto& daemon : kDaemons)
      host.unknown(daemon.fact, {"files at rest show no processes"}, "/proc");
    return;
  }
  Processes processes(context.files);
  for (const auto& daemon : kDaemons) write_running(context.files, daemon, processes, host);
}

}  // namespace

Probe driver_services_probe() {
  return {"driver-services", "Fabric manager, persistence daemon and IMEX", Needs::files, kReads, kSets, run};
}

}  // namespace preflight::probe
