// The operating system, from os-release(5); Jetson's release of it from NVIDIA's own file.
#include "probe/os_release.hpp"
#include "probe/probe.hpp"
#include "probe/reading.hpp"
#include "support/version.hpp"

namespace preflight::probe {

namespace {

constexpr std::string_view kOsFiles[] = {"/etc/os-release", "/usr/lib/os-release", "/etc/nv_tegra_release"};

// "36.4.3" of "# R36 (release), REVISION: 4.3, GCID: ...".
std::string l4t_version(std::string_view text) {
  constexpr std::string_view kRelease = "# R";
  constexpr std::string_view kRevision = "REVISION: ";
  const auto revision = text.find(kRevision);
  if (!text.starts_with(kRelease) || revision == std::string_view::npos) return {};
  const auto release = leading_dotted_version(text.substr(kRelease.size()));
  const auto rest = leading_dotted_version(text.substr(revision + kRevision.size()));
  if (release.empty() || rest.empty()) return {};
  return std::string(release) + '.' + std::string(rest);
}

void set_l4t(const target::FileTree& files, facts::SubjectWriter& host) {
  const auto path = kOsFiles[2];
  const auto text = files.read_head(path, 4096);
  if (!text) {
    set_error(host, "os.l4t", text.error(), path);
    return;
  }
  const auto version = l4t_version(*text);
  if (version.empty()) {
    host.unknown("os.l4t", {"no release and revision in it", facts::Gap::unreadable}, path);
  } else {
    host.set("os.l4t", version, path);
  }
}

void run_os(const Context& context, facts::FactWriter& writer) {
  auto& host = writer.host();
  set_l4t(context.files, host);
  std::string_view path = kOsFiles[0];
  auto text = context.files.read(path);
  if (!text && text.error().kind == ErrorKind::not_found) {
    path = kOsFiles[1];
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
  static constexpr Sets kSets[] = {{"host", "os."}};
  return {"os", "Operating system, from os-release", Needs::files, kOsFiles, kSets, run_os};
}

}  // namespace preflight::probe
