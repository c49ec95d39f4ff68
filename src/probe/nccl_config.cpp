// What NCCL's configuration files set: the user's (NCCL_CONF_FILE, else ~/.nccl.conf), then the system's.
#include "facts/recorded_variables.hpp"
#include "probe/home_directory.hpp"
#include "probe/nccl_settings.hpp"
#include "probe/probe.hpp"
#include "probe/process_status.hpp"
#include "probe/reading.hpp"

namespace preflight::probe {

namespace {

constexpr std::string_view kSystemPath = "/etc/nccl.conf";
// And whatever file NCCL_CONF_FILE names.
constexpr std::string_view kReads[] = {kSystemPath, "**/.nccl.conf", kVariablesPath, kStatusPath,
                                       kPasswordsPath};
constexpr Sets kSets[] = {{"host", "nccl.config"}};

// The user's file; empty where there is no user.
std::string user_path(const Context& context) {
  if (context.state == SystemState::at_rest) return "";
  const auto variables = process_variables(context.files);
  if (variables) {
    const auto found = variables->find("NCCL_CONF_FILE");
    if (found != variables->end() && !found->second.empty()) return found->second;
  }
  const auto home = home_directory(context.files);
  return home ? target::join_path(*home, ".nccl.conf") : "";
}

void run(const Context& context, facts::FactWriter& writer) {
  Variables settings;
  std::string sources;
  for (const auto& path : {user_path(context), std::string(kSystemPath)}) {
    if (!path.starts_with('/')) continue;
    const auto text = context.files.read(path);
    if (!text && text.error().kind != ErrorKind::not_found) {
      set_error(writer.host(), "nccl.config", text.error(), path);
      return;
    }
    if (!text) continue;
    settings.merge(parse_nccl_settings(*text));  // what is set already stays
    sources += (sources.empty() ? "" : ", ") + path;
  }
  if (sources.empty()) {
    writer.host().absent("nccl.config", kSystemPath);
    return;
  }
  facts::Map recorded;
  for (const auto& [name, value] : settings) {
    if (auto text = facts::recordable_value(name, value)) recorded.emplace(name, std::move(*text));
  }
  writer.host().set("nccl.config", std::move(recorded), sources);
}

}  // namespace

Probe nccl_config_probe() {
  return {"nccl-config", "Settings in NCCL's configuration files", Needs::files, kReads, kSets, run};
}

}  // namespace preflight::probe
