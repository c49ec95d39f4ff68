// stack: what torch gets, from where and why.
#include <memory>

#include <CLI/CLI.hpp>

#include "cli/exit_status.hpp"
#include "cli/options.hpp"
#include "cli/output.hpp"
#include "cli/verbs.hpp"
#include "report/load_map.hpp"
#include "tables/tables.hpp"

namespace preflight::cli {

namespace {

struct StackOptions {
  TargetOptions target;
  OutputOptions output;
  bool all = false;
};

int print_stack(const StackOptions& options, Console& console) {
  const auto examined = examine(options.target, tables::embedded_tables());
  if (!examined) return fail(console, kUsage, examined.error().message);
  tell_warnings(*examined, console);
  const auto libraries = options.all ? report::Libraries::all : report::Libraries::of_the_stack;
  const auto print = [&](const std::string& format, const report::Style& style) {
    return format == "json" ? report::load_map_json(examined->document)
                            : report::load_map_text(examined->document, style, libraries);
  };
  return write_outputs(options.output, print, console);
}

}  // namespace

void add_stack(CLI::App& app, Action& action) {
  auto* verb =
      app.add_subcommand("stack", "Show which libraries torch would load, from where, and for which GPUs");
  const auto options = std::make_shared<StackOptions>();
  add_target_options(*verb, options->target);
  add_output_options(*verb, options->output, {"text", "json"});
  verb->add_flag("--all", options->all, "Show the system's libraries, too (JSON always has them)");
  verb->footer(
      "A tree for each environment with torch: a library stands below the file that asks for it first, with\n"
      "what led the loader to it (DT_RPATH, LD_LIBRARY_PATH, DT_RUNPATH, ld.so.cache, ...), the copies that\n"
      "lost, and the GPU architectures that it has code for. Nothing is executed.\n\n"
      "Exit status: 0 printed, whatever could be read; 64 wrong usage or input; 73 not written.\n\n"
      "Examples:\n"
      "  gpu-preflight stack --env /opt/venv\n"
      "  LD_LIBRARY_PATH=/usr/local/cuda/lib64 gpu-preflight stack    what that variable would change\n"
      "  gpu-preflight stack --format json");
  verb->callback([options, &action] {
    action = [options](Console& console) { return print_stack(*options, console); };
  });
}

}  // namespace preflight::cli
