// Which namespaces this process shares with the machine's first process. Linux gives the first ones fixed
// numbers (include/linux/proc_ns.h), so that this can be told from inside.
#include <vector>

#include "probe/probe.hpp"
#include "probe/reading.hpp"

namespace preflight::probe {

namespace {

constexpr std::string_view kOwnNamespaces = "namespaces.own";

struct Namespace {
  std::string_view name;
  std::string_view first;  // the link's text in the machine's first one
};
// Network and mount namespaces have no fixed number.
constexpr Namespace kNamespaces[] = {{"cgroup", "cgroup:[4026531835]"},
                                     {"ipc", "ipc:[4026531839]"},
                                     {"pid", "pid:[4026531836]"},
                                     {"user", "user:[4026531837]"},
                                     {"uts", "uts:[4026531838]"}};

void run_namespaces(const Context& context, facts::FactWriter& writer) {
  constexpr std::string_view kDirectory = "/proc/self/ns";
  std::vector<std::string> own;
  bool any = false;
  for (const auto& space : kNamespaces) {
    const auto path = target::join_path(kDirectory, space.name);
    const auto link = context.files.read_link(path);
    if (!link && link.error().kind == ErrorKind::not_found) continue;  // a kernel without this kind
    if (!link) {
      set_error(writer.host(), kOwnNamespaces, link.error(), path);
      return;
    }
    any = true;
    if (*link != space.first) own.emplace_back(space.name);
  }
  if (any) {
    writer.host().set(kOwnNamespaces, facts::string_list(own), kDirectory);
  } else {
    writer.host().absent(kOwnNamespaces, kDirectory);
  }
}

}  // namespace

Probe namespaces_probe() {
  static constexpr std::string_view kReads[] = {"/proc/self/ns/*"};
  static constexpr Sets kSets[] = {{"host", "namespaces."}};
  return {"namespaces",
          "Which namespaces the process shares with the machine's first one",
          Needs::running_system,
          kReads,
          kSets,
          run_namespaces};
}

}  // namespace preflight::probe
