// probe: the facts, without a verdict.
#include "probe/probe.hpp"

#include <memory>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "cli/exit_status.hpp"
#include "cli/options.hpp"
#include "cli/output.hpp"
#include "cli/verbs.hpp"
#include "facts/json.hpp"
#include "facts/registry.hpp"
#include "facts/typed_text.hpp"
#include "live/kernel_log.hpp"
#include "live/live.hpp"
#include "support/text.hpp"
#include "tables/tables.hpp"

namespace preflight::cli {

namespace {

struct ProbeOptions {
  TargetOptions target;
  OutputOptions output;
  bool list = false;
};

std::string fact_text(const facts::Fact& fact, const facts::Type& type) {
  if (const auto* value = fact.value()) return facts::to_text(*value, type);
  if (const auto* why = fact.unknown()) return "unknown: " + why->reason;
  return "absent";
}

std::string text_of(const facts::Document& document, const report::Style& style) {
  std::string text;
  for (const auto& subject : document.subjects) {
    if (!text.empty()) text += "\n";
    const std::string name = subject.kind == "host" ? document.target : subject.kind + " " + subject.id;
    text += report::paint(report::printable(name), report::Ink::bold, style) + "\n";
    for (const auto& [path, fact] : subject.facts) {
      const auto& type = facts::find_fact(subject.kind, path)->type;
      text += "  " + path + " = " + report::printable(fact_text(fact, type));
      if (!fact.source.empty()) {
        text += report::paint("  (" + report::printable(fact.source) + ")", report::Ink::dim, style);
      }
      text += "\n";
    }
  }
  return text;
}

std::string list_of_probes(const report::Style& style) {
  std::string text;
  for (const auto& probe : probe::probes()) {
    text += report::paint(probe.name, report::Ink::bold, style) + ": " + std::string(probe.meaning) + "\n";
    for (const auto pattern : probe.reads) text += "    reads " + std::string(pattern) + "\n";
  }
  for (const auto& probe : live::live_probes()) {
    text += report::paint(probe.name, report::Ink::bold, style) + ": " + std::string(probe.meaning) + "\n";
    text += "    calls " + std::string(probe.library) + " of this host, in a child process\n";
  }
  text += report::paint("kernel-log", report::Ink::bold, style) +
          ": Errors of GPUs that the driver wrote into the kernel's log (Xid)\n    reads " +
          live::kKernelLog + " of this host\n";
  return text;
}

int probe_target(const ProbeOptions& options, Console& console) {
  if (options.list) {
    return write_outputs(
        options.output, [](const auto&, const auto& style) { return list_of_probes(style); }, console);
  }
  const auto examined = examine(options.target, tables::embedded_tables());
  if (!examined) return fail(console, kUsage, examined.error().message);
  tell_warnings(*examined, console);
  const auto print = [&](const std::string& format, const report::Style& style) {
    return format == "json" ? facts::to_json(examined->document).dump(2) + "\n"
                            : text_of(examined->document, style);
  };
  return write_outputs(options.output, print, console);
}

}  // namespace

void add_probe(CLI::App& app, Action& action) {
  auto* verb =
      app.add_subcommand("probe", "Print the facts: what is there, where it was read, and what is unknown");
  const auto options = std::make_shared<ProbeOptions>();
  add_target_options(*verb, options->target);
  add_live_options(*verb, options->target);
  add_output_options(*verb, options->output, {"text", "json"});
  verb->add_flag("--list", options->list, "List the probes and what each reads, and stop");
  verb->footer(
      "The JSON is a facts file: `gpu-preflight check --facts FILE` judges it anywhere, later.\n"
      "Only listed environment variables are recorded, and no value that looks like a credential.\n\n"
      "Exit status: 0 printed, whatever could be read; 64 wrong usage or input; 73 not written.\n\n"
      "Examples:\n"
      "  gpu-preflight probe                          every fact with its source, for reading\n"
      "  gpu-preflight probe --format json > n.json   for `gpu-preflight check --facts n.json`\n"
      "  gpu-preflight probe --list                   what would be read");
  verb->callback([options, &action] {
    action = [options](Console& console) { return probe_target(*options, console); };
  });
}

}  // namespace preflight::cli
