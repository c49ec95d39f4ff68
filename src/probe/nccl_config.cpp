// What NCCL's configuration files set.
#include "facts/recorded_variables.hpp"
#include "probe/home_directory.hpp"
#include "probe/nccl_settings.hpp"
#include "probe/probe.hpp"
#include "probe/process_status.hpp"
#include "probe/reading.hpp"

namespace preflight::probe {

namespace {

void run_nccl_config(const Context& context, facts::FactWriter& writer) {
  const auto settings = read_nccl_settings(context);
  if (!settings) {
    set_error(writer.host(), "nccl.config", settings.error(), kSystemNcclSettings);
    return;
  }
  if (settings->sources.empty()) {
    writer.host().absent("nccl.config", kSystemNcclSettings);
    return;
  }
  facts::Map recorded;
  for (const auto& [name, value] : settings->values) {
    if (auto text = facts::recordable_value(name, value)) recorded.emplace(name, std::move(*text));
  }
  writer.host().set("nccl.config", std::move(recorded), settings->sources);
}

}  // namespace

Probe nccl_config_probe() {
  // And whatever file NCCL_CONF_FILE names.
  static constexpr std::string_view kReads[] = {kSystemNcclSettings, "**/.nccl.conf", kVariablesPath,
                                                kStatusPath, kPasswordsPath};
  static constexpr Sets kSets[] = {{"host", "nccl.config"}};
  return {"nccl-config",  "Settings in NCCL's configuration files", Needs::files, kReads, kSets,
          run_nccl_config};
}

}  // namespace preflight::probe
