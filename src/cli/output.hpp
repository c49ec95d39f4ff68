// Where results go: one format to standard output, and any number of others into files.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cli/console.hpp"
#include "report/layout.hpp"

namespace CLI {
class App;
}

namespace preflight::cli {

struct OutputOptions {
  std::string format = "text";
  std::vector<std::string> files;  // "FILE" or "FORMAT=FILE"
  std::vector<std::string> formats;
};

// --format and -o/--output, with the formats that the verb offers; the first is the default.
void add_output_options(CLI::App& verb, OutputOptions& options, std::vector<std::string> formats);

// Prints a result in a format.
using Printer = std::function<std::string(const std::string& format, const report::Style& style)>;

// Prints to where the options say: standard output, unless a bare `-o FILE` takes its place. Returns 0, or
// the exit status of what went wrong, after telling it.
int write_outputs(const OutputOptions& options, const Printer& printer, Console& console);

}  // namespace preflight::cli
