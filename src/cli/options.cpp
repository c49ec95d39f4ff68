#include "cli/options.hpp"

#include <CLI/CLI.hpp>

namespace preflight::cli {

namespace {

// fail-on -> GPU_PREFLIGHT_FAIL_ON
std::string twin_of(const std::string& name) {
  std::string twin = "GPU_PREFLIGHT_";
  for (const char character : name) {
    if (character == '-') {
      twin += '_';
    } else {
      twin += static_cast<char>(character >= 'a' && character <= 'z' ? character - 'a' + 'A' : character);
    }
  }
  return twin;
}

}  // namespace

void give_twins(CLI::App& app) {
  for (auto* verb : app.get_subcommands([](const CLI::App*) { return true; })) {
    verb->preparse_callback([verb](std::size_t) {
      for (auto* option : verb->get_options()) {
        const bool is_named = !option->get_lnames().empty() && option != verb->get_help_ptr();
        if (is_named) option->envname(twin_of(option->get_lnames().front()));
      }
    });
    give_twins(*verb);
  }
}

void add_target_options(CLI::App& verb, TargetOptions& options, const std::string& group) {
  auto* root = verb.add_option("--root", options.root, "Examine the file tree below this directory")
                   ->type_name("DIR")
                   ->group(group);
  auto* facts =
      verb.add_option(
              "--facts", options.facts,
              "Judge saved facts: what `gpu-preflight probe --format json` printed (- for standard input)")
          ->type_name("FILE")
          ->group(root->get_group());
  auto* dump = verb.add_option("--collect-env", options.collect_env,
                               "Judge what PyTorch's or vLLM's collect_env printed (- for standard input)")
                   ->type_name("FILE")
                   ->group(root->get_group());
  root->excludes(facts)->excludes(dump);
  facts->excludes(dump);
  verb.add_option("--env", options.environments,
                  "Examine only the Python environment with this prefix; its packages must be readable for a "
                  "verdict (may be repeated)")
      ->type_name("PREFIX")
      ->allow_extra_args(false)
      ->group(root->get_group());
}

void add_live_options(CLI::App& verb, TargetOptions& options) {
  constexpr double kLeast = 0.1;
  constexpr double kMost = 3600;
  options.live = Live::asked;
  verb.add_flag_callback(
      "--no-live", [&options] { options.live = Live::left_out; },
      "Read files only: call no library of the driver");
  verb.add_option("--deadline", options.deadline,
                  "Seconds for the whole run; a driver that does not answer is given up then")
      ->check(CLI::Range(kLeast, kMost))
      ->type_name("SECONDS")
      ->capture_default_str();
}

void add_fail_on_option(CLI::App& verb, PolicyOptions& options) {
  verb.add_option("--fail-on", options.fail_on, "Least severity that makes the verdict \"not ready\"")
      ->check(CLI::IsMember({"error", "warning", "note"}))
      ->type_name("SEVERITY")
      ->capture_default_str();
}

void add_policy_options(CLI::App& verb, PolicyOptions& options) {
  add_fail_on_option(verb, options);
  verb.add_flag("--strict", options.strict,
                "A rule of that severity that could not be decided makes the verdict \"undetermined\"");
}

report::Policy policy_of(const PolicyOptions& options) {
  report::Policy policy;
  policy.fail_on = options.fail_on == "note"      ? rules::Severity::note
                   : options.fail_on == "warning" ? rules::Severity::warning
                                                  : rules::Severity::error;
  policy.undecided = options.strict ? report::Undecided::blocking : report::Undecided::listed;
  return policy;
}

void tell_warnings(const Examined& examined, Console& console) {
  for (const auto& warning : examined.warnings) console.err << "gpu-preflight: warning: " << warning << "\n";
}

int fail(Console& console, int status, const std::string& message) {
  console.err << "gpu-preflight: " << message << "\n";
  return status;
}

}  // namespace preflight::cli
