// check: the verdict.
#include <memory>

#include <CLI/CLI.hpp>

#include "cli/exit_status.hpp"
#include "cli/judge_target.hpp"
#include "cli/options.hpp"
#include "cli/output.hpp"
#include "cli/verbs.hpp"
#include "report/json.hpp"
#include "report/text.hpp"

namespace preflight::cli {

namespace {

struct CheckOptions {
  TargetOptions target;
  PolicyOptions policy;
  OutputOptions output;
  bool quiet = false;
};

std::string print(const report::Report& report, const std::string& format, const report::Style& style,
                  report::Detail detail) {
  return format == "json" ? report::to_json_text(report) : report::to_text(report, style, detail);
}

int check(const CheckOptions& options, Console& console) {
  const auto report = judge_target(options.target, policy_of(options.policy), console);
  if (!report) return fail(console, kUsage, report.error().message);
  const auto detail = options.quiet ? report::Detail::brief : report::Detail::full;
  const auto printed = [&](const std::string& format, const report::Style& style) {
    return print(*report, format, style, detail);
  };
  const int written = write_outputs(options.output, printed, console);
  return written != 0 ? written : status_of(report->verdict);
}

}  // namespace

void add_check(CLI::App& app, Action& action) {
  auto* verb = app.add_subcommand("check", "Tell whether the GPU software stack will work here, and why not");
  const auto options = std::make_shared<CheckOptions>();
  add_target_options(*verb, options->target);
  add_live_options(*verb, options->target);
  add_policy_options(*verb, options->policy);
  add_output_options(*verb, options->output, {"text", "json"});
  verb->add_flag("-q,--quiet", options->quiet,
                 "Print the verdict and what to do, without evidence and stack");
  verb->footer(
      "Nothing that is examined is executed, and nothing is written. On this host the driver's own "
      "libraries\n"
      "(NVML and CUDA) are asked, each in a child process that ends at the deadline; --no-live leaves them "
      "out.\n\n"
      "Exit status: 0 ready; 1 not ready; 2 undetermined (something essential could not be read);\n"
      "             64 wrong usage or input; 73 the result could not be written.\n\n"
      "Examples:\n"
      "  gpu-preflight check                          this host and the Python environments on it\n"
      "  gpu-preflight check --env /opt/venv          that environment only\n"
      "  gpu-preflight check --root /mnt/image        an unpacked image that was never started\n"
      "  gpu-preflight probe --format json > n.json   on a node;  then anywhere:\n"
      "  gpu-preflight check --facts n.json           the same verdict\n"
      "  gpu-preflight check --format json -o text=report.txt");
  verb->callback(
      [options, &action] { action = [options](Console& console) { return check(*options, console); }; });
}

}  // namespace preflight::cli
