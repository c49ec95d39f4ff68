// Commands of the machine that tests compare with.
#pragma once

#include <cstdio>
#include <string>

#include "catch.hpp"

namespace preflight::test {

// What a shell command prints to its standard output.
inline std::string output_of(const std::string& command) {
  FILE* pipe = ::popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::string output;
  char buffer[4096];
  for (std::size_t count = 0; (count = std::fread(buffer, 1, sizeof buffer, pipe)) > 0;) {
    output.append(buffer, count);
  }
  ::pclose(pipe);
  return output;
}

inline bool has_tool(const std::string& name) {
  return !output_of("command -v " + name + " 2>/dev/null").empty();
}

}  // namespace preflight::test
