#include <cstdlib>
#include <exception>
#include <iostream>
#include <string_view>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/exit_status.hpp"
#include "cli/run.hpp"

namespace {

using preflight::cli::Colour;
using preflight::cli::Console;
using preflight::cli::Progress;

// https://no-color.org: any value but the empty one turns colours off.
bool is_set(const char* variable) {
  const char* value = std::getenv(variable);
  return value != nullptr && *value != '\0';
}

Console console_of_process() {
  Console console{std::cout, std::cerr};
  console.progress = ::isatty(STDERR_FILENO) != 0 ? Progress::on : Progress::off;
  if (::isatty(STDOUT_FILENO) == 0) return console;
  const char* terminal = std::getenv("TERM");
  const bool dumb = terminal == nullptr || std::string_view(terminal) == "dumb";
  console.colour = is_set("NO_COLOR") || dumb ? Colour::off : Colour::on;
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 40) console.width = size.ws_col;
  return console;
}

}  // namespace

int main(int argc, char** argv) {
  Console console = console_of_process();
  try {
    return preflight::cli::run({argv + (argc > 0 ? 1 : 0), argv + argc}, console);
  } catch (const std::exception& defect) {
    std::cerr << "gpu-preflight: internal error: " << defect.what() << "\n";
    return preflight::cli::kInternal;
  }
}
