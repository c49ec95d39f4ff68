// How Slurm confines jobs on this node.
#include "probe/probe.hpp"
#include "probe/reading.hpp"
#include "support/text.hpp"

namespace preflight::probe {

namespace {

constexpr std::string_view kFact = "slurm.constrain_devices";
constexpr std::string_view kPlaces[] = {"/etc/slurm/cgroup.conf", "/etc/slurm-llnl/cgroup.conf",
                                        "/var/spool/slurmd/conf-cache/cgroup.conf"};
constexpr std::string_view kConfigurations[] = {"/etc/slurm/slurm.conf", "/etc/slurm-llnl/slurm.conf",
                                                "/var/spool/slurmd/conf-cache/slurm.conf"};
constexpr std::string_view kReads[] = {kPlaces[0],         kPlaces[1],         kPlaces[2],
                                       kConfigurations[0], kConfigurations[1], kConfigurations[2]};
constexpr Sets kSets[] = {{"host", "slurm."}};

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

void run(const Context& context, facts::FactWriter& writer) {
  auto& host = writer.host();
  for (const auto path : kPlaces) {
    const auto text = context.files.read(path);
    if (!text && text.error().kind == ErrorKind::not_found) continue;
    if (text) {
      host.set(kFact, constrains_devices(*text), path);
    } else {
      set_error(host, kFact, text.error(), path);
    }
    return;
  }
  for (const auto path : kConfigurations) {
    if (!context.files.exists(path)) continue;
    host.set(kFact, false, path);  // without a cgroup.conf nothing is constrained
    return;
  }
  host.absent(kFact, kPlaces[0]);
}

}  // namespace

Probe slurm_probe() {
  return {"slurm", "How Slurm confines jobs on this node", Needs::files, kReads, kSets, run};
}

}  // namespace preflight::probe
