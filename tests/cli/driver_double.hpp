// The program on a machine whose driver's libraries are doubles.
#pragma once

#include <initializer_list>
#include <string>

#include "program.hpp"
#include "target/temporary_directory.hpp"

namespace preflight::test {

class DriverDouble {
 public:
  // `scenario`: as tests/doubles/driver/scenario.hpp has it.
  explicit DriverDouble(const std::string& scenario);

  // Takes a library away, or what it exports under this name, or leaves a file that is none.
  void remove_library(const std::string& library);
  void remove_symbol(const std::string& library, const std::string& symbol);
  void spoil_library(const std::string& library);

  // The program, in a process that finds the doubles first.
  Outcome start(const Arguments& arguments) const;

  std::string scenario_path() const { return directory_ / "scenario"; }

 private:
  TemporaryDirectory directory_;
};

constexpr const char* kCuda = "libcuda.so.1";
constexpr const char* kNvml = "libnvidia-ml.so.1";

}  // namespace preflight::test
