#include "cli/options.hpp"

#include <CLI/CLI.hpp>

namespace preflight::cli {

namespace {

// "-o,--output" -> GPU_PREFLIGHT_OUTPUT
std::string twin_of(const std::string& names) {
  std::string twin = "GPU_PREFLIGHT_";
  for (const char character : names.substr(names.find("--") + 2)) {
    if (character == '-') {
      twin += '_';
    } else {
      twin += static_cast<char>(character >= 'a' && character <= 'z' ? character - 'a' + 'A' : character);
    }
  }
  return twin;
}

}  // namespace

CLI::Option* add_option(CLI::App& verb, const std::string& names, std::string& value,
                        const std::string& help) {
  return verb.add_option(names, value, help)->envname(twin_of(names));
}

CLI::Option* add_flag(CLI::App& verb, const std::string& names, bool& value, const std::string& help) {
  return verb.add_flag(names, value, help)->envname(twin_of(names));
}

void add_target_options(CLI::App& verb, TargetOptions& options) {
  auto* root = add_option(verb, "--root", options.root, "Examine the file tree below this directory")
                   ->type_name("DIR")
                   ->group("What to examine (this host by default)");
  auto* facts =
      add_option(verb, "--facts", options.facts,
                 "Judge saved facts: what `gpu-preflight probe --format json` printed (- for standard input)")
          ->type_name("FILE")
          ->group(root->get_group());
  auto* dump = add_option(verb, "--collect-env", options.collect_env,
                          "Judge what PyTorch's or vLLM's collect_env printed (- for standard input)")
                   ->type_name("FILE")
                   ->group(root->get_group());
  root->excludes(facts)->excludes(dump);
  facts->excludes(dump);
  verb.add_option("--env", options.environments,
                  "Examine only the Python environment with this prefix; its packages must be readable for a "
                  "verdict (may be repeated)")
      ->type_name("PREFIX")
      ->envname("GPU_PREFLIGHT_ENV")
      ->allow_extra_args(false)
      ->group(root->get_group());
}

void add_policy_options(CLI::App& verb, PolicyOptions& options) {
  add_option(verb, "--fail-on", options.fail_on, "Least severity that makes the verdict \"not ready\"")
      ->check(CLI::IsMember({"error", "warning", "note"}))
      ->type_name("SEVERITY")
      ->capture_default_str();
  add_flag(verb, "--strict", options.strict,
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

int fail(Console& console, int status, const std::string& message) {
  console.err << "gpu-preflight: " << message << "\n";
  return status;
}

}  // namespace preflight::cli
