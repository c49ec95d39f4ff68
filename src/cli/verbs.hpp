// The verbs, one file each. Each function adds its verb to the command line; when the user chose it, parsing
// sets `action`, which does the work and returns the exit status.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cli/console.hpp"

namespace CLI {
class App;
}

namespace preflight::cli {

using Action = std::function<int(Console&)>;

void add_check(CLI::App& app, Action& action);
void add_run(CLI::App& app, const std::vector<std::string>& command, Action& action);
void add_smoke(CLI::App& app, Action& action);
void add_probe(CLI::App& app, Action& action);
void add_stack(CLI::App& app, Action& action);
void add_explain(CLI::App& app, Action& action);
void add_plan(CLI::App& app, Action& action);
void add_rules(CLI::App& app, Action& action);
void add_facts(CLI::App& app, Action& action);

}  // namespace preflight::cli
