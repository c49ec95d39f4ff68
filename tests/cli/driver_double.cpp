#include "driver_double.hpp"

#include <filesystem>
#include <stdexcept>

#include "support/user_file.hpp"

namespace preflight::test {

DriverDouble::DriverDouble(const std::string& scenario) {
  directory_.file("scenario", scenario);
  directory_.directory("lib");
  for (const auto* const library : {kCuda, kNvml}) {
    std::filesystem::copy_file(std::string(PREFLIGHT_DOUBLES) + "/" + library,
                               directory_ / ("lib/" + std::string(library)));
  }
}

void DriverDouble::remove_library(const std::string& library) {
  std::filesystem::remove(directory_ / ("lib/" + library));
}

void DriverDouble::spoil_library(const std::string& library) {
  directory_.file("lib/" + library, "not a library\n");
}

// The name is changed where the loader looks it up: what the hash table leads to is no longer it.
void DriverDouble::remove_symbol(const std::string& library, const std::string& symbol) {
  const std::string file = "lib/" + library;
  auto image = read_user_file(directory_ / file, std::size_t{64} << 20).value();
  const std::string name = std::string(1, '\0') + symbol + std::string(1, '\0');
  std::size_t found = 0;
  for (auto place = image.find(name); place != std::string::npos; place = image.find(name, place + 1)) {
    image[place + 1] = '-';
    ++found;
  }
  if (found == 0) throw std::runtime_error(library + " has no " + symbol);
  directory_.file(file, image);
}

Outcome DriverDouble::start(const Arguments& arguments) const {
  return test::start(arguments, {.environment = {"LD_LIBRARY_PATH=" + (directory_ / "lib"),
                                                 "PREFLIGHT_SCENARIO=" + (directory_ / "scenario")}});
}

}  // namespace preflight::test
