// Options that several verbs share. Every option has a twin in the environment: --fail-on is
// GPU_PREFLIGHT_FAIL_ON.
#pragma once

#include <string>

#include "cli/console.hpp"
#include "cli/examine.hpp"
#include "report/report.hpp"
#include "support/result.hpp"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace preflight::cli {

// Adds an option, and its twin in the environment by its long name.
CLI::Option* add_option(CLI::App& verb, const std::string& names, std::string& value,
                        const std::string& help);
CLI::Option* add_flag(CLI::App& verb, const std::string& names, bool& value, const std::string& help);

// --root, --facts, --collect-env (one at most) and --env.
void add_target_options(CLI::App& verb, TargetOptions& options);

struct PolicyOptions {
  std::string fail_on = "error";
  bool strict = false;
};

void add_policy_options(CLI::App& verb, PolicyOptions& options);
report::Policy policy_of(const PolicyOptions& options);

// Prints "gpu-preflight: MESSAGE" to `err` and returns `status`.
int fail(Console& console, int status, const std::string& message);

}  // namespace preflight::cli
