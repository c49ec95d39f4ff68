#include "scenario.hpp"

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <thread>
#include <unistd.h>

namespace nccl_double {

namespace {

bool holds_in_environment(const std::string& condition) {
  const auto equals = condition.find('=');
  const char* value = std::getenv(condition.substr(0, equals).c_str());
  return value != nullptr && equals != std::string::npos && condition.substr(equals + 1) == value;
}

void read_step(std::istringstream& words, const std::string& who, Scenario& scenario) {
  Step step;
  if (who.rfind("rank=", 0) == 0) step.rank = std::stoi(who.substr(5));
  words >> step.function >> step.action;
  for (std::string word; words >> word;) {
    if (word == "unless") {
      words >> word;
      if (holds_in_environment(word)) return;
    } else {
      step.number = std::stoll(word);
    }
  }
  scenario.steps.push_back(step);
}

}  // namespace

std::string Scenario::setting(const std::string& name, const std::string& otherwise) const {
  const auto found = settings.find(name);
  return found == settings.end() ? otherwise : found->second;
}

std::optional<long long> Scenario::find(const std::string& function, const std::string& action,
                                        std::optional<int> rank) const {
  for (const auto& step : steps) {
    if (step.function == function && step.action == action && (!step.rank || step.rank == rank)) {
      return step.number;
    }
  }
  return std::nullopt;
}

Scenario read_scenario() {
  Scenario scenario;
  const char* path = std::getenv("PREFLIGHT_NCCL_SCENARIO");
  if (path == nullptr) return scenario;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line.substr(0, line.find('#')));
    std::string who;
    if (!(words >> who)) continue;
    if (who == "set") {
      std::string name;
      std::string text;
      words >> name >> std::ws;
      std::getline(words, text);
      scenario.settings[name] = text;
    } else {
      read_step(words, who, scenario);
    }
  }
  return scenario;
}

std::optional<int> act(const Scenario& scenario, const std::string& function, std::optional<int> rank) {
  if (const auto delay = scenario.find(function, "delay", rank)) {
    std::this_thread::sleep_for(std::chrono::milliseconds(*delay));
  }
  if (scenario.find(function, "crash", rank)) std::raise(SIGSEGV);
  while (scenario.find(function, "hang", rank)) ::pause();
  if (const auto error = scenario.find(function, "error", rank)) return static_cast<int>(*error);
  return std::nullopt;
}

}  // namespace nccl_double
