// Size and use of /dev/shm.
#include "probe/mounts.hpp"
#include "probe/probe.hpp"
#include "probe/reading.hpp"
#include "probe/size_text.hpp"

namespace preflight::probe {

namespace {

constexpr std::string_view kPath = "/dev/shm";
constexpr std::string_view kReads[] = {kPath, kMountsPath};
constexpr Sets kSets[] = {{"host", "shm."}};

// Where the file system itself can't be asked, its mount tells the size that it was given.
void set_size_by_mount(const Context& context, facts::SubjectWriter& host) {
  const auto text = context.files.read(kMountsPath, kMostMountBytes);
  if (!text) {
    host.unknown("shm.size", unknown_after(text.error()), kMountsPath);
    return;
  }
  const auto mounts = parse_mounts(*text);
  const auto* mount = find_mount(mounts, kPath);
  const auto size = mount != nullptr ? parse_size(mount_option(*mount, "size")) : std::nullopt;
  if (size) {
    host.set("shm.size", *size, kMountsPath);
  } else {
    host.unknown("shm.size", {"its mount names no size"}, kMountsPath);
  }
}

void run(const Context& context, facts::FactWriter& writer) {
  auto& host = writer.host();
  const auto status = context.files.status(kPath);
  if (!status) {
    set_rest_error(host, "shm.", status.error(), kPath);
    return;
  }
  const auto usage = context.files.usage(kPath);
  if (usage) {
    host.set("shm.size", static_cast<std::int64_t>(usage->size), kPath);
    host.set("shm.used", static_cast<std::int64_t>(usage->used), kPath);
    return;
  }
  set_error(host, "shm.used", usage.error(), kPath);
  if (usage.error().kind == ErrorKind::unsupported) {
    set_size_by_mount(context, host);
  } else {
    set_error(host, "shm.size", usage.error(), kPath);
  }
}

}  // namespace

Probe shared_memory_probe() {
  return {"shared-memory", "Size and use of /dev/shm", Needs::running_system, kReads, kSets, run};
}

}  // namespace preflight::probe
