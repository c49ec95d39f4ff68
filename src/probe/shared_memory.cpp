// Size and use of /dev/shm.
#include "probe/mounts.hpp"
#include "probe/probe.hpp"
#include "probe/reading.hpp"
#include "probe/size_text.hpp"

namespace preflight::probe {

namespace {

constexpr std::string_view kSharedMemoryPath = "/dev/shm";

// Where the file system itself can't be asked, its mount tells the size that it was given.
void set_size_by_mount(const Context& context, facts::SubjectWriter& host) {
  const auto text = context.files.read(kMountsPath, kMostMountBytes);
  if (!text) {
    host.unknown("shm.size", unknown_after(text.error()), kMountsPath);
    return;
  }
  const auto mounts = parse_mounts(*text);
  const auto* mount = find_mount(mounts, kSharedMemoryPath);
  const auto size = mount != nullptr ? parse_size(mount_option(*mount, "size")) : std::nullopt;
  if (size) {
    host.set("shm.size", *size, kMountsPath);
  } else {
    host.unknown("shm.size", {"its mount names no size"}, kMountsPath);
  }
}

void run_shared_memory(const Context& context, facts::FactWriter& writer) {
  auto& host = writer.host();
  const auto status = context.files.status(kSharedMemoryPath);
  if (!status) {
    set_rest_error(host, "shm.", status.error(), kSharedMemoryPath);
    return;
  }
  const auto usage = context.files.usage(kSharedMemoryPath);
  if (usage) {
    host.set("shm.size", static_cast<std::int64_t>(usage->size), kSharedMemoryPath);
    host.set("shm.used", static_cast<std::int64_t>(usage->used), kSharedMemoryPath);
    return;
  }
  set_error(host, "shm.used", usage.error(), kSharedMemoryPath);
  if (usage.error().kind == ErrorKind::unsupported) {
    set_size_by_mount(context, host);
  } else {
    set_error(host, "shm.size", usage.error(), kSharedMemoryPath);
  }
}

}  // namespace

Probe shared_memory_probe() {
  static constexpr std::string_view kReads[] = {kSharedMemoryPath, kMountsPath};
  static constexpr Sets kSets[] = {{"host", "shm."}};
  return {"shared-memory", "Size and use of /dev/shm", Needs::running_system, kReads,
          kSets,           run_shared_memory};
}

}  // namespace preflight::probe
