// The operating system, from os-release(5).
#include "probe/os_release.hpp"
#include "probe/probe.hpp"
#include "probe/reading.hpp"

namespace preflight::probe {

namespace {

constexpr std::string_view kReads[] = {"/etc/os-release", "/usr/lib/os-release"};
constexpr Sets kSets[] = {{"host", "os."}};

void run(const Context& context, facts::FactWriter& writer) {
  auto& host = writer.host();
  std::string_view path = kReads[0];
  auto text = context.files.read(path);
  if (!text && text.error().kind == ErrorKind::not_found) {
    path = kReads[1];
    text = context.files.read(path);
  }
  if (!text) {
    set_rest_error(host, "os.", text.error(), path);
    return;
  }
  auto values = parse_os_release(*text);
  const auto set = [&](std::string_view fact, std::string_view name) {
    const auto found = values.find(name);
    if (found != values.end() && !found->second.empty()) host.set(fact, found->second, path);
  };
  set("os.id", "ID");
  set("os.version", "VERSION_ID");
  set("os.name", "PRETTY_NAME");
  host.rest_absent("os.", path);
}

}  // namespace

Probe os_probe() {
  return {"os", "Operating system, from os-release", Needs::files, kReads, kSets, run};
}

}  // namespace preflight::probe
