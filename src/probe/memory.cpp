// Physical memory and NUMA nodes.
#include <optional>

#include "probe/number_list.hpp"
#include "probe/probe.hpp"
#include "probe/reading.hpp"
#include "support/text.hpp"

namespace preflight::probe {

namespace {

constexpr std::string_view kMemoryFiles[] = {"/proc/meminfo", "/sys/devices/system/node/online",
                                             "/sys/devices/system/node/has_memory",
                                             "/sys/devices/system/node/has_cpu", "/sys/class"};

// Bytes of "MemTotal:       16307912 kB".
std::optional<std::int64_t> total_memory(std::string_view meminfo) {
  for (const auto line : lines(meminfo)) {
    const auto pieces = words(line);
    if (pieces.size() != 3 || pieces[0] != "MemTotal:" || pieces[2] != "kB") continue;
    const auto kibibytes = to_integer(pieces[1]);
    constexpr long long kMost = (1LL << 53) / 1024;
    if (kibibytes && *kibibytes > 0 && *kibibytes < kMost) return *kibibytes * 1024;
  }
  return std::nullopt;
}

void set_memory(const Context& context, facts::SubjectWriter& host) {
  const auto path = kMemoryFiles[0];
  const auto text = context.files.read(path);
  if (!text) {
    set_error(host, "memory.total", text.error(), path);
  } else if (const auto total = total_memory(*text)) {
    host.set("memory.total", *total, path);
  } else {
    host.unknown("memory.total", {"no MemTotal in the file", facts::Gap::unreadable}, path);
  }
}

void set_nodes(const Context& context, facts::SubjectWriter& host) {
  const auto path = kMemoryFiles[1];
  const auto text = read_trimmed(context.files, path);
  if (!text) {
    set_error(host, "numa.nodes", sysfs_error(context.files, text.error()), path);
  } else if (const auto count = count_of_number_list(*text)) {
    host.set("numa.nodes", *count, path);
  } else {
    host.unknown("numa.nodes", {"not a list of numbers", facts::Gap::unreadable}, path);
  }
}

// has_memory without has_cpu: memory of accelerators and of memory expanders, or a container that hides CPUs.
void set_nodes_without_cpus(const Context& context, facts::SubjectWriter& host) {
  constexpr std::string_view kFact = "numa.nodes_without_cpus";
  const auto with_memory = read_trimmed(context.files, kMemoryFiles[2]);
  const auto with_cpu = with_memory ? read_trimmed(context.files, kMemoryFiles[3]) : with_memory.error();
  if (!with_cpu) {
    set_error(host, kFact, sysfs_error(context.files, with_cpu.error()), kMemoryFiles[2]);
    return;
  }
  const auto cpu_nodes = numbers_of_list(*with_cpu);
  const auto memory_nodes = numbers_of_list(*with_memory);
  if (!cpu_nodes || !memory_nodes) {
    host.unknown(kFact, {"not a list of numbers", facts::Gap::unreadable}, kMemoryFiles[2]);
    return;
  }
  facts::List nodes;
  for (const auto node : *memory_nodes) {
    if (!cpu_nodes->contains(node)) nodes.emplace_back(node);
  }
  host.set(kFact, std::move(nodes), kMemoryFiles[2]);
}

void run_memory(const Context& context, facts::FactWriter& writer) {
  set_memory(context, writer.host());
  set_nodes(context, writer.host());
  set_nodes_without_cpus(context, writer.host());
}

}  // namespace

Probe memory_probe() {
  static constexpr Sets kSets[] = {{"host", "memory."}, {"host", "numa."}};
  return {"memory", "Physical memory and NUMA nodes", Needs::running_system, kMemoryFiles, kSets, run_memory};
}

}  // namespace preflight::probe
