// SELinux: whether it refuses, what this process is to it, and what it lets containers do.
#include "probe/probe.hpp"
#include "probe/reading.hpp"
#include "support/text.hpp"

namespace preflight::probe {

namespace {

constexpr std::string_view kSelinuxDirectory = "/sys/fs/selinux";
constexpr std::string_view kEnforce = "/sys/fs/selinux/enforce";
constexpr std::string_view kUseDevices = "/sys/fs/selinux/booleans/container_use_devices";
constexpr std::string_view kLabel = "/proc/self/attr/current";

// Containers get an empty directory in the place of selinuxfs.
void set_policy_error(const target::FileTree& files, facts::SubjectWriter& host, std::string_view fact,
                      const Error& error, std::string_view path) {
  const auto entries = files.list(kSelinuxDirectory);
  if (error.kind == ErrorKind::not_found && entries && entries->empty() && files.exists(kLabel)) {
    host.unknown(fact, {"the policy isn't shown here"}, path);
  } else {
    set_error(host, fact, error, path);
  }
}

void run_selinux(const Context& context, facts::FactWriter& writer) {
  auto& host = writer.host();
  const auto enforce = read_integer(context.files, kEnforce);
  if (enforce) {
    host.set("selinux.mode", *enforce == 1 ? "enforcing" : "permissive", kEnforce);
  } else {
    set_policy_error(context.files, host, "selinux.mode", enforce.error(), kEnforce);
  }
  // "1 1": the value in force, and the one that is to be.
  const auto devices = read_trimmed(context.files, kUseDevices);
  if (devices) {
    host.set("selinux.containers_use_devices", devices->starts_with('1'), kUseDevices);
  } else {
    set_policy_error(context.files, host, "selinux.containers_use_devices", devices.error(), kUseDevices);
  }
  // "system_u:system_r:container_t:s0:c1,c2". Other security modules use the file, too.
  const auto label = read_trimmed(context.files, kLabel);
  const auto parts = label ? split(*label, ':') : std::vector<std::string_view>();
  if (parts.size() >= 4) {
    host.set("selinux.label_type", parts[2], kLabel);
  } else if (label || label.error().kind != ErrorKind::not_permitted) {
    host.absent("selinux.label_type", kLabel);  // without SELinux the file may not be readable at all
  } else {
    set_error(host, "selinux.label_type", label.error(), kLabel);
  }
}

}  // namespace

Probe selinux_probe() {
  static constexpr std::string_view kReads[] = {kSelinuxDirectory, kEnforce, kUseDevices, kLabel};
  static constexpr Sets kSets[] = {{"host", "selinux."}};
  return {"selinux", "SELinux and this process' label", Needs::running_system, kReads, kSets, run_selinux};
}

}  // namespace preflight::probe
