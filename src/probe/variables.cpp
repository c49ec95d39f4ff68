// The recorded environment variables of the process under check.
#include "facts/recorded_variables.hpp"
#include "probe/probe.hpp"
#include "probe/process_variables.hpp"
#include "probe/reading.hpp"

namespace preflight::probe {

namespace {

void run_variables(const Context& context, facts::FactWriter& writer) {
  const auto variables = process_variables(context.files);
  if (!variables) {
    set_error(writer.host(), "variables", variables.error(), kVariablesPath);
    return;
  }
  facts::Map recorded;
  for (const auto& [name, value] : *variables) {
    if (auto text = facts::recordable_value(name, value)) recorded.emplace(name, std::move(*text));
  }
  writer.host().set("variables", std::move(recorded), kVariablesPath);
}

}  // namespace

Probe variables_probe() {
  static constexpr std::string_view kReads[] = {kVariablesPath};
  static constexpr Sets kSets[] = {{"host", "variables"}};
  return {"variables",
          "Environment variables of the process that are on the published list",
          Needs::running_system,
          kReads,
          kSets,
          run_variables};
}

}  // namespace preflight::probe
