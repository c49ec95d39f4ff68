// How Slurm confines jobs on this node.
#include "probe/probe.hpp"
#include "probe/reading.hpp"
#include "support/text.hpp"

namespace preflight::probe {

namespace {

constexpr std::string_view kConstrainDevices = "slurm.constrain_devices";
constexpr std::string_view kCgroupConfigurations[] = {"/etc/slurm/cgroup.conf", "/etc/slurm-llnl/cgroup.conf",
                                                      "/var/spool/slurmd/conf-cache/cgroup.conf"};
constexpr std::string_view kConfigurations[] = {"/etc/slurm/slurm.conf", "/etc/slurm-llnl/slurm.conf",
                                                "/var/spool/slurmd/conf-cache/slurm.conf"};

// cgroup.conf(5): names and values in any case, "no" unless it is set; the last line wins.
bool constrains_devices(std::string_view text) {
  bool constrains = false;
  for (auto line : lines(text)) {
    line = trim(line.substr(0, line.find('#')));
    const auto equals = line.find('=');
    if (equals == std::string_view::npos) continue;
    if (to_lower(trim(line.substr(0, equals))) != "constraindevices") continue;
    constrains = to_lower(trim(line.substr(equals + 1))) == "yes";
  }
  return constrains;
}

void run_slurm(const Context& context, facts::FactWriter& writer) {
  auto& host = writer.host();
  for (const auto path : kCgroupConfigurations) {
    const auto text = context.files.read(path);
    if (!text && text.error().kind == ErrorKind::not_found) continue;
    if (text) {
      host.set(kConstrainDevices, constrains_devices(*text), path);
    } else {
      set_error(host, kConstrainDevices, text.error(), path);
    }
    return;
  }
  for (const auto path : kConfigurations) {
    if (!context.files.exists(path)) continue;
    host.set(kConstrainDevices, false, path);  // without a cgroup.conf nothing is constrained
    return;
  }
  host.absent(kConstrainDevices, kCgroupConfigurations[0]);
}

}  // namespace

Probe slurm_probe() {
  static constexpr std::string_view kReads[] = {kCgroupConfigurations[0], kCgroupConfigurations[1],
                                                kCgroupConfigurations[2], kConfigurations[0],
                                                kConfigurations[1],       kConfigurations[2]};
  static constexpr Sets kSets[] = {{"host", "slurm."}};
  return {"slurm", "How Slurm confines jobs on this node", Needs::files, kReads, kSets, run_slurm};
}

}  // namespace preflight::probe
