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
}  // namespace CLI

namespace preflight::cli {

// Gives every option of every verb its twin in the environment. A twin counts only for the verb that was
// chosen: what other verbs would make of GPU_PREFLIGHT_FORMAT doesn't matter.
void give_twins(CLI::App& app);

// --root, --facts, --collect-env (one at most) and --env.
void add_target_options(CLI::App& verb, TargetOptions& options,
                        const std::string& group = "What to examine (this host by default)");

// --no-live and --deadline, for verbs that ask the driver of this host.
void add_live_options(CLI::App& verb, TargetOptions& options);

struct PolicyOptions {
  std::string fail_on = "error";
  bool strict = false;
};

// --fail-on.
void add_fail_on_option(CLI::App& verb, PolicyOptions& options);
// That and --strict, for verbs that tell what could not be decided.
void add_policy_options(CLI::App& verb, PolicyOptions& options);
report::Policy policy_of(const PolicyOptions& options);

// Prints what was odd about the input to `err`.
void tell_warnings(const Examined& examined, Console& console);

// Prints "gpu-preflight: MESSAGE" to `err` and returns `status`.
int fail(Console& console, int status, const std::string& message);

}  // namespace preflight::cli
