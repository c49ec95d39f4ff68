#include "scenario.hpp"

#include <algorithm>
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
    } else if (word == "with") {
      words >> step.with;
    } else {
      step.argument = word;
    }
  }
  scenario.steps.push_back(step);
}

}  // namespace

std::string Scenario::setting(const std::string& name, const std::string& otherwise) const {
  const auto found = settings.find(name);
  return found == settings.end() ? otherwise : found->second;
}

std::optional<std::string> Scenario::find(const std::string& function, const std::string& action,
                                          const Caller& caller) const {
  const auto matches = [&](const Step& step) {
    const auto& hosts = caller.hosts;
    return step.function == function && step.action == action && (!step.rank || step.rank == caller.rank) &&
           (step.with.empty() || std::find(hosts.begin(), hosts.end(), step.with) != hosts.end());
  };
  const auto found = std::find_if(steps.begin(), steps.end(), matches);
  return found == steps.end() ? std::nullopt : std::optional(found->argument);
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

std::optional<int> act(const Scenario& scenario, const std::string& function, const Caller& caller) {
  if (const auto file = scenario.find(function, "mark", caller))
    std::ofstream(*file, std::ios::app) << function + "\n";
  if (const auto delay = scenario.find(function, "delay", caller)) {
    std::this_thread::sleep_for(std::chrono::milliseconds(std::stoll(*delay)));
  }
  if (scenario.find(function, "crash", caller)) std::raise(SIGSEGV);
  while (scenario.find(function, "hang", caller)) ::pause();
  if (const auto error = scenario.find(function, "error", caller)) return std::stoi(*error);
  return std::nullopt;
}

}  // namespace nccl_double
