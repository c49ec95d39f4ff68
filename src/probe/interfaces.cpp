// Network interfaces of the process' network namespace.
#include "probe/probe.hpp"
#include "probe/reading.hpp"
#include "support/text.hpp"

namespace preflight::probe {

namespace {

constexpr std::string_view kInterfacesPath = "/sys/class/net";

constexpr std::size_t kMostInterfaces = 5'000;

// By the DEVTYPE of its uevent file, and whether a device stands behind it.
std::string_view kind_of(std::string_view name, std::string_view uevent, bool has_device) {
  if (name == "lo") return "loopback";
  for (const auto line : lines(uevent)) {
    if (line == "DEVTYPE=bridge") return "bridge";
    if (line == "DEVTYPE=bond") return "bond";
    if (line == "DEVTYPE=wlan") return "wireless";
  }
  return has_device ? "physical" : "virtual";
}

// Mb/s. Reading fails while the link is down and for interfaces that have none; -1 is another way to say so.
void set_link_speed(facts::SubjectWriter& writer, const target::FileTree& files, const std::string& path) {
  const auto speed = read_integer(files, path);
  if (speed && *speed >= 0) {
    writer.set("speed", *speed, path);
  } else if (speed || speed.error().kind == ErrorKind::io) {
    writer.absent("speed", path);
  } else {
    set_error(writer, "speed", speed.error(), path);
  }
}

void set_interface(facts::SubjectWriter writer, const target::FileTree& files, const std::string& name) {
  const auto path = target::join_path(kInterfacesPath, name);
  const auto uevent = read_trimmed(files, path + "/uevent");
  const bool has_device = static_cast<bool>(files.read_link(path + "/device"));
  writer.set("name", name, path);
  writer.set("kind", kind_of(name, uevent ? *uevent : "", has_device), path);
  set_text(writer, "state", files, path + "/operstate");
  set_integer(writer, "mtu", files, path + "/mtu");
  if (!has_device) {
    writer.rest_absent("", path);
    return;
  }
  set_link_speed(writer, files, path + "/speed");
  set_link_name(writer, "kernel_driver", files, path + "/device/driver");
  set_numa_node(writer, "numa_node", files, path + "/device/numa_node");
}

void run_interfaces(const Context& context, facts::FactWriter& writer) {
  const auto entries = context.files.list(kInterfacesPath);
  const auto error = entries ? Error{} : sysfs_error(context.files, entries.error());
  if (!entries && error.kind == ErrorKind::not_found) {
    writer.host().set("interfaces", 0, kInterfacesPath);  // a kernel without networking
    return;
  }
  if (!entries) {
    set_error(writer.host(), "interfaces", error, kInterfacesPath);
    return;
  }
  std::int64_t count = 0;
  for (const auto& entry : *entries) {
    if (entry.kind == target::FileKind::regular) continue;  // bonding_masters
    if (++count > static_cast<std::int64_t>(kMostInterfaces)) {
      writer.host().unknown("interfaces", {"more than 5,000", facts::Gap::unreadable}, kInterfacesPath);
      return;
    }
    set_interface(writer.subject("interface", entry.name), context.files, entry.name);
  }
  writer.host().set("interfaces", count, kInterfacesPath);
}

}  // namespace

Probe interfaces_probe() {
  static constexpr std::string_view kReads[] = {"/sys/class", "/sys/class/net", "/sys/class/net/**"};
  static constexpr Sets kSets[] = {{"host", "interfaces"}, {"interface", ""}};
  return {"interfaces", "Network interfaces", Needs::running_system, kReads, kSets, run_interfaces};
}

}  // namespace preflight::probe
