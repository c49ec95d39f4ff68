// facts: the reference of every fact.
#include <memory>

#include <CLI/CLI.hpp>

#include "cli/output.hpp"
#include "cli/verbs.hpp"
#include "facts/reference.hpp"

namespace preflight::cli {

void add_facts(CLI::App& app, Action& action) {
  auto* verb = app.add_subcommand("facts", "Print the reference of every fact that rules may use");
  const auto options = std::make_shared<OutputOptions>();
  add_output_options(*verb, *options, {"markdown"});
  verb->footer(
      "Exit status: 0 printed; 64 wrong usage; 73 not written.\n\n"
      "Example:\n"
      "  gpu-preflight facts -o facts.md");
  verb->callback([options, &action] {
    action = [options](Console& console) {
      return write_outputs(
          *options, [](const auto&, const auto&) { return facts::reference_markdown(); }, console);
    };
  });
}

}  // namespace preflight::cli
