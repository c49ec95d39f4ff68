#include "cli/run.hpp"

#include <algorithm>

#include <CLI/CLI.hpp>

#include "cli/exit_status.hpp"
#include "cli/options.hpp"
#include "cli/verbs.hpp"
#include "facts/json.hpp"
#include "report/json.hpp"
#include "support/text.hpp"

namespace preflight::cli {

namespace {

// What follows "--" is the command of `run`, and is not parsed.
std::vector<std::string> take_command(std::vector<std::string>& arguments) {
  const auto dashes = std::ranges::find(arguments, "--");
  if (dashes == arguments.end()) return {};
  std::vector<std::string> command(dashes + 1, arguments.end());
  arguments.erase(dashes, arguments.end());
  return command;
}

std::string version_text() {
  return "gpu-preflight " PREFLIGHT_VERSION " (facts schema " + std::to_string(facts::kSchema) +
         ", report schema " + std::to_string(report::kReportSchema) + ")";
}

// Where a verb is missing or misspelt CLI11 only says "A subcommand is required".
std::string message_of(const CLI::ParseError& problem, const CLI::App& app) {
  const CLI::App* chosen = &app;
  while (!chosen->get_subcommands().empty()) chosen = chosen->get_subcommands().front();
  const auto verbs = chosen->get_subcommands([](const CLI::App*) { return true; });
  if (verbs.empty() || problem.get_name() != "RequiredError") return problem.what();
  std::vector<std::string> names;
  names.reserve(verbs.size());
  for (const auto* verb : verbs) names.push_back(verb->get_name());
  return "a verb is expected: " + join(names, ", ");
}

}  // namespace

int run(std::vector<std::string> arguments, Console& console) {
  CLI::App app("Tells whether a GPU software stack will work before a job burns money on it.",
               "gpu-preflight");
  app.set_version_flag("--version", version_text());
  app.require_subcommand(1);
  app.footer("`gpu-preflight VERB --help` teaches each verb. Colours respect NO_COLOR and are off in pipes.");
  Action action;
  const std::vector<std::string> command = take_command(arguments);
  add_check(app, action);
  add_run(app, command, action);
  add_smoke(app, action);
  add_probe(app, action);
  add_stack(app, action);
  add_explain(app, action);
  add_plan(app, action);
  add_rules(app, action);
  add_facts(app, action);
  give_twins(app);
  std::ranges::reverse(arguments);  // CLI11 takes the arguments last first
  try {
    app.parse(arguments);
  } catch (const CLI::ParseError& problem) {
    if (problem.get_exit_code() == 0) return app.exit(problem, console.out, console.err);
    console.err << "gpu-preflight: " << message_of(problem, app) << "\n"
                << "Try 'gpu-preflight --help', or 'gpu-preflight VERB --help'.\n";
    return kUsage;
  }
  return action(console);
}

}  // namespace preflight::cli
