#include "doubles/driver/scenario.hpp"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <unistd.h>

namespace preflight::test {

namespace {

void scribble() {
  constexpr std::string_view kJunk = "NVRM: a line that a library prints where it should not\n";
  for (int descriptor = 0; descriptor < 16; ++descriptor) {
    if (::write(descriptor, kJunk.data(), kJunk.size()) < 0) continue;
  }
}

}  // namespace

Scenario::Scenario(const char* path) {
  if (path == nullptr) return;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    line = line.substr(0, line.find('#'));
    const auto space = line.find(' ');
    if (space == std::string::npos) continue;
    const auto begin = line.find_first_not_of(' ', space);
    const auto end = line.find_last_not_of(' ');
    if (begin == std::string::npos) continue;
    settings_[line.substr(0, space)] = line.substr(begin, end - begin + 1);
  }
}

const Scenario& Scenario::current() {
  static const Scenario kScenario(std::getenv("PREFLIGHT_SCENARIO"));
  return kScenario;
}

const std::string* Scenario::find(std::string_view setting, int gpu) const {
  auto found = settings_.find(std::string(setting) + "@" + std::to_string(gpu));
  if (found == settings_.end()) found = settings_.find(setting);
  return found == settings_.end() ? nullptr : &found->second;
}

long long Scenario::number(std::string_view setting, int gpu, long long otherwise) const {
  const auto* value = find(setting, gpu);
  return value == nullptr ? otherwise : std::stoll(*value);
}

std::string Scenario::text(std::string_view setting, int gpu, std::string_view otherwise) const {
  const auto* value = find(setting, gpu);
  return value == nullptr ? std::string(otherwise) : *value;
}

std::optional<int> Scenario::play(std::string_view function, int gpu,
                                  std::initializer_list<Output> outputs) const {
  const auto* value = find(function, gpu);
  if (value == nullptr) return std::nullopt;
  std::istringstream words(*value);
  std::string action;
  int argument = 0;
  words >> action >> argument;
  if (action == "error") return argument;
  if (action == "hang") {
    for (;;) ::pause();
  }
  if (action == "crash") ::raise(SIGSEGV);
  if (action == "exit") ::_exit(argument);
  if (action == "delay") ::usleep(static_cast<useconds_t>(argument) * 1000);
  if (action == "scribble") scribble();
  if (action != "garbage") return std::nullopt;
  for (const auto& output : outputs) {
    if (output.data != nullptr) std::memset(output.data, 0xA5, output.size);
  }
  return 0;
}

void write_text(char* buffer, std::size_t size, std::string_view text) {
  if (buffer == nullptr || size == 0) return;
  const auto count = std::min(size - 1, text.size());
  std::copy_n(text.data(), count, buffer);
  buffer[count] = '\0';
}

}  // namespace preflight::test
