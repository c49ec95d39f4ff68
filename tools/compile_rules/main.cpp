// Writes the rules of the program as constant arrays: compile_rules OUTPUT. A part of the build.
#include <fstream>
#include <iostream>

#include "rules/compiled.hpp"
#include "rules/load.hpp"

using namespace preflight;

int main(int count, char** arguments) {
  if (count != 2) {
    std::cerr << "usage: compile_rules OUTPUT\n";
    return 1;
  }
  try {
    const auto set = rules::embedded_rules(tables::embedded_tables());
    std::ofstream file(arguments[1]);
    file << rules::compiled_source(set, "cli/database.hpp", "cli", "compiled_rules");
    file.close();
    if (file) return 0;
    std::cerr << arguments[1] << ": not written\n";
  } catch (const std::exception& problem) {
    std::cerr << problem.what() << "\n";
  }
  return 1;
}
