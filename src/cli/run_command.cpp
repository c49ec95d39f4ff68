// run: check, then become the command.
#include <cerrno>
#include <cstring>
#include <memory>
#include <unistd.h>

#include <CLI/CLI.hpp>

#include "cli/exit_status.hpp"
#include "cli/judge_target.hpp"
#include "cli/options.hpp"
#include "cli/verbs.hpp"
#include "report/text.hpp"

namespace preflight::cli {

namespace {

struct RunOptions {
  TargetOptions target;
  PolicyOptions policy;
};

// Replaces this process by the command, so that process id, signals and exit status are the command's own.
int become(const std::vector<std::string>& command, Console& console) {
  std::vector<char*> arguments;
  arguments.reserve(command.size() + 1);
  for (const auto& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  console.out.flush();
  console.err.flush();
  ::execvp(arguments.front(), arguments.data());
  // 127 and 126 as the shell, env(1) and Docker have them.
  return fail(console, errno == ENOENT ? 127 : 126, command.front() + ": " + std::strerror(errno));
}

int run_command(const RunOptions& options, const std::vector<std::string>& command, Console& console) {
  if (command.empty())
    return fail(console, kUsage, "run: no command; usage: gpu-preflight run [OPTIONS] -- COMMAND");
  const auto report = judge_target(options.target, policy_of(options.policy), console);
  if (!report) return fail(console, kUsage, report.error().message);
  // Standard output belongs to the command.
  const bool ready = report->verdict == report::Verdict::ready;
  if (!ready) console.err << report::to_text(*report, report::Style{}, report::Detail::brief);
  return ready ? become(command, console) : status_of(report->verdict);
}

}  // namespace

void add_run(CLI::App& app, const std::vector<std::string>& command, Action& action) {
  auto* verb =
      app.add_subcommand("run", "Check, then run a command in this process' place if the stack is ready");
  const auto options = std::make_shared<RunOptions>();
  add_target_options(*verb, options->target);
  add_live_options(*verb, options->target);
  add_policy_options(*verb, options->policy);
  verb->footer(
      "Usage: gpu-preflight run [OPTIONS] -- COMMAND [ARGUMENTS]\n\n"
      "When the stack is ready nothing is printed and the command replaces gpu-preflight. Otherwise the\n"
      "reasons go to standard error and the command is not run.\n\n"
      "Exit status: 0 ready and everything else that the command itself returns;\n"
      "             1 not ready; 2 undetermined; 64 wrong usage or input;\n"
      "             126, 127 the command could not be started, was not found.\n\n"
      "Example (Dockerfile):\n"
      "  ENTRYPOINT [\"gpu-preflight\", \"run\", \"--\"]\n"
      "  CMD [\"python\", \"train.py\"]");
  verb->callback([options, &command, &action] {
    action = [options, &command](Console& console) { return run_command(*options, command, console); };
  });
}

}  // namespace preflight::cli
