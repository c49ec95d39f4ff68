// plan: what to install.
#include "plan/plan.hpp"

#include <limits>
#include <memory>

#include <CLI/CLI.hpp>

#include "cli/database.hpp"
#include "cli/exit_status.hpp"
#include "cli/options.hpp"
#include "cli/output.hpp"
#include "cli/verbs.hpp"
#include "report/plan.hpp"
#include "tables/tables.hpp"

namespace preflight::cli {

namespace {

constexpr std::size_t kShown = 5;

struct PlanOptions {
  plan::Asked asked;
  TargetOptions target;
  OutputOptions output;
  bool alone = false;
  bool all = false;
};

int print_plan(const PlanOptions& options, Console& console) {
  const auto tables = tables::embedded_tables();
  auto given = plan::read_asked(options.asked, tables);
  if (!given) return fail(console, kUsage, given.error().message);
  if (!options.alone) {
    const auto examined = examine(options.target, tables);
    if (!examined) return fail(console, kUsage, examined.error().message);
    tell_warnings(*examined, console);
    plan::fill_from_facts(*given, examined->document);
  }
  const auto plan = plan::make_plan(std::move(*given), shipped_rules(), tables);
  const std::size_t most = options.all ? std::numeric_limits<std::size_t>::max() : kShown;
  const auto print = [&](const std::string& format, const report::Style& style) {
    return format == "json" ? report::plan_json(plan) : report::plan_text(plan, style, most);
  };
  const int written = write_outputs(options.output, print, console);
  return written != 0 ? written : plan.combinations.empty() ? kNotReady : kReady;
}

}  // namespace

void add_plan(CLI::App& app, Action& action) {
  auto* verb = app.add_subcommand(
      "plan", "Tell what to install: PyTorch, CUDA and Python that fit this GPU and driver");
  const auto options = std::make_shared<PlanOptions>();
  auto& asked = options->asked;
  verb->add_option("--gpu", asked.gpus,
                   "A product (\"RTX 4090\"), a compute capability (9.0) or a PCI id; may be repeated")
      ->type_name("GPU")
      ->group("What is fixed");
  verb->add_option("--driver", asked.driver, "NVIDIA's driver: 535.104.05, or a branch: 580")
      ->type_name("VERSION")
      ->group("What is fixed");
  verb->add_option("--python", asked.python, "Python: 3.12")->type_name("VERSION")->group("What is fixed");
  verb->add_option("--torch", asked.torch, "PyTorch: 2.6, 2.6.0 or 2.6.0+cu124")
      ->type_name("VERSION")
      ->group("What is fixed");
  verb->add_option("--cuda", asked.cuda, "CUDA that PyTorch is built for: 12.4")
      ->type_name("VERSION")
      ->group("What is fixed");
  verb->add_option("--glibc", asked.glibc, "C library: 2.31; musl where it is that")
      ->type_name("VERSION")
      ->group("What is fixed");
  verb->add_option("--arch", asked.architecture, "Processor architecture: x86_64")
      ->type_name("ARCH")
      ->group("What is fixed");
  verb->add_flag("--alone", options->alone, "Take nothing from this host: only what the options say")
      ->group("What is fixed");
  add_target_options(*verb, options->target, "Where the rest comes from (this host by default)");
  add_output_options(*verb, options->output, {"text", "json"});
  verb->add_flag("--all", options->all, "Show every combination, not the first five (JSON always has them)");
  verb->footer(
      "Known good: the tables have a wheel of this PyTorch for this Python and CUDA, the driver is new "
      "enough for\n"
      "that CUDA, the wheel has code for the GPUs, and no rule of severity error speaks against it. The "
      "newest\n"
      "PyTorch comes first, CUDA that the driver brings itself before CUDA that minor-version compatibility\n"
      "allows. When there is none: why, and the changes that would help: the smallest, and the one that "
      "leads to\n"
      "the newest PyTorch.\n\n"
      "Exit status: 0 there is a combination; 1 there is none; 64 wrong usage or input; 73 not written.\n\n"
      "Examples:\n"
      "  gpu-preflight plan                                     for this host\n"
      "  gpu-preflight plan --alone --gpu H100 --driver 535.104.05 --python 3.11\n"
      "  gpu-preflight plan --alone --gpu \"RTX 5090\" --torch 2.5.1    why not, and what instead\n"
      "  gpu-preflight plan --facts node.json --format json");
  verb->callback(
      [options, &action] { action = [options](Console& console) { return print_plan(*options, console); }; });
}

}  // namespace preflight::cli
