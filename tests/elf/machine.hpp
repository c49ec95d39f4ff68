// What this machine's own tools and libraries offer for comparison.
#pragma once

#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

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

inline std::vector<std::string> sample_libraries() {
  std::vector<std::string> found;
  for (const auto* directory : {"/lib/x86_64-linux-gnu", "/lib/aarch64-linux-gnu", "/usr/local/cuda/lib64"}) {
    for (const auto* name : {"libc.so.6", "libm.so.6", "libstdc++.so.6", "libcudart.so.13", "libcudart.so.12",
                             "libnccl.so.2", "libcudnn.so.9", "libcublas.so.13", "stubs/libcuda.so"}) {
      const auto path = std::filesystem::path(directory) / name;
      if (std::filesystem::exists(path)) found.push_back(path.string());
    }
  }
  return found;
}

}  // namespace preflight::test
