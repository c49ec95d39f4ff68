// explain: what a log says, and why it happened.
#include <chrono>
#include <memory>

#include <CLI/CLI.hpp>

#include "cli/database.hpp"
#include "cli/exit_status.hpp"
#include "cli/options.hpp"
#include "cli/output.hpp"
#include "cli/verbs.hpp"
#include "log/record.hpp"
#include "log/scan.hpp"
#include "report/explanation.hpp"
#include "rules/load.hpp"
#include "support/user_file.hpp"

namespace preflight::cli {

namespace {

struct ExplainOptions {
  std::string log;
  TargetOptions target;
  bool host = false;
  OutputOptions output;
};

// A log is mostly read elsewhere than where it was written, so that this host counts only when it is named.
bool has_facts(const ExplainOptions& options) {
  const TargetOptions& target = options.target;
  return options.host || !target.facts.empty() || !target.collect_env.empty() || !target.root.empty() ||
         !target.environments.empty();
}

Result<Examined> facts_of(const ExplainOptions& options, const tables::Tables& tables) {
  if (has_facts(options)) return examine(options.target, tables);
  Examined none;
  none.document.target = "no machine";
  return none;
}

// Says on a terminal how far a long reading is: once a second, from the first second on.
class ReadingProgress {
 public:
  explicit ReadingProgress(Console& console) : console_(console) {}

  void advance(std::size_t bytes) {
    bytes_ += bytes;
    if (console_.progress == Progress::off || Clock::now() - told_ < std::chrono::seconds(1)) return;
    told_ = Clock::now();
    is_shown_ = true;
    console_.err << "\r\x1b[Kexplain: " << (bytes_ >> 20) << " MiB read" << std::flush;
  }
  void end() {
    if (is_shown_) console_.err << "\r\x1b[K" << std::flush;
  }

 private:
  using Clock = std::chrono::steady_clock;

  Console& console_;
  std::size_t bytes_ = 0;
  Clock::time_point told_ = Clock::now();
  bool is_shown_ = false;
};

Result<log::Scan> scan(const std::string& path, const log::SignatureSet& signatures, Console& console) {
  log::Scanner scanner(signatures);
  ReadingProgress progress(console);
  const auto read = stream_user_file(path, [&](std::string_view bytes) {
    scanner.feed(bytes);
    progress.advance(bytes.size());
  });
  progress.end();
  if (!read) return Error{read.error().kind, path + ": " + read.error().message};
  return scanner.finish();
}

int status_of_explanation(const report::Explanation& explanation) {
  if (!explanation.findings.empty()) return kNotReady;
  return explanation.possible.empty() ? kReady : kUndetermined;
}

int explain(const ExplainOptions& options, Console& console) {
  const auto tables = tables::embedded_tables();
  const auto signatures = log::embedded_signatures();
  const auto scanned = scan(options.log, signatures, console);
  if (!scanned) return fail(console, kUsage, "explain: " + scanned.error().message);
  auto examined = facts_of(options, tables);
  if (!examined) return fail(console, kUsage, examined.error().message);
  tell_warnings(*examined, console);
  const std::string name = options.log == "-" ? "standard input" : options.log;
  log::record(*scanned, signatures, name, examined->document);
  const auto rules = shipped_rules();
  auto judgement = rules::judge(rules, examined->document, tables);
  const auto explanation =
      report::make_explanation({name, scanned->lines, scanned->bytes}, std::move(examined->document),
                               std::move(judgement), rules, rules::embedded_causes());
  const auto printed = [&](const std::string& format, const report::Style& style) {
    return format == "json" ? report::to_json_text(explanation) : report::to_text(explanation, style);
  };
  const int written = write_outputs(options.output, printed, console);
  return written != 0 ? written : status_of_explanation(explanation);
}

}  // namespace

void add_explain(CLI::App& app, Action& action) {
  auto* verb = app.add_subcommand("explain", "Tell what a log says: known error lines, and what causes them");
  const auto options = std::make_shared<ExplainOptions>();
  verb->add_option("LOG", options->log, "The log: a file, or - for standard input")->required();
  add_target_options(*verb, options->target, "The machine that wrote the log (none by default)");
  verb->add_flag("--host", options->host, "This host wrote it: take its facts");
  verb->get_option("--host")->group(verb->get_option("--root")->get_group());
  add_live_options(*verb, options->target);
  add_output_options(*verb, options->output, {"text", "json"});
  verb->footer(
      "Reads what a training job, a traceback, NCCL_DEBUG=INFO, dmesg, a container runtime or a scheduler "
      "wrote,\n"
      "looks for known lines and names their causes, with the lines as evidence. Where one line can have "
      "several\n"
      "causes, facts of the machine decide: give them with --facts, --root, --collect-env, --env or --host. "
      "Without\n"
      "any of these only the log counts, and what facts would settle is listed as possible.\n\n"
      "Exit status: 0 nothing known in it; 1 causes found; 2 possible causes only; 64 wrong usage or input;\n"
      "             73 the result could not be written.\n\n"
      "Examples:\n"
      "  gpu-preflight explain train.log\n"
      "  gpu-preflight explain slurm-4711.out --facts node.json     facts that `probe --format json` "
      "printed\n"
      "  dmesg | gpu-preflight explain - --host\n"
      "  kubectl logs trainer-0 | gpu-preflight explain - --format json");
  verb->callback(
      [options, &action] { action = [options](Console& console) { return explain(*options, console); }; });
}

}  // namespace preflight::cli
