#include "cli/output.hpp"

#include <algorithm>
#include <utility>

#include <CLI/CLI.hpp>

#include "cli/exit_status.hpp"
#include "cli/options.hpp"
#include "support/text.hpp"
#include "support/user_file.hpp"

namespace preflight::cli {

namespace {

// Format and file of "FORMAT=FILE"; of a bare "FILE" the format is `--format`'s.
std::pair<std::string, std::string> split_output(const OutputOptions& options, const std::string& output) {
  const auto equals = output.find('=');
  if (equals != std::string::npos) {
    const std::string format = output.substr(0, equals);
    if (std::ranges::find(options.formats, format) != options.formats.end()) {
      return {format, output.substr(equals + 1)};
    }
  }
  return {options.format, output};
}

}  // namespace

void add_output_options(CLI::App& verb, OutputOptions& options, std::vector<std::string> formats) {
  options.format = formats.front();
  options.formats = std::move(formats);
  verb.add_option("--format", options.format, "Format of standard output: " + join(options.formats, ", "))
      ->check(CLI::IsMember(options.formats))
      ->type_name("FORMAT")
      ->capture_default_str()
      ->group("Output");
  verb.add_option(
          "-o,--output", options.files,
          "Write to this file instead of standard output; FORMAT=FILE writes another format beside it (may "
          "be repeated)")
      ->type_name("FILE|FORMAT=FILE")
      ->allow_extra_args(false)
      ->group("Output");
}

int write_outputs(const OutputOptions& options, const Printer& printer, Console& console) {
  bool to_console = true;
  for (const auto& output : options.files) {
    const auto [format, file] = split_output(options, output);
    if (file == output) to_console = false;
    const auto written = write_user_file(file, printer(format, report::Style{}));
    if (!written) return fail(console, kCannotWrite, "--output " + file + ": " + written.error().message);
  }
  if (!to_console) return 0;
  const auto colour = console.colour == Colour::on ? report::Colour::on : report::Colour::off;
  console.out << printer(options.format, report::Style{colour, console.width});
  console.out.flush();
  return console.out ? 0 : fail(console, kCannotWrite, "standard output could not be written");
}

}  // namespace preflight::cli
