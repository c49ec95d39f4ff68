// What this machine's own tools and libraries offer for comparison.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "catch.hpp"
#include "doubles/shell.hpp"

namespace preflight::test {

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
