#include "fault_case.hpp"

#include <stdexcept>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "smoke/socket.hpp"
#include "support/text.hpp"

namespace preflight::smoke {

namespace {

constexpr Milliseconds kSlack{500};
constexpr Milliseconds kLimit{60'000};
constexpr int kTries = 3;  // where the machine is busy with something else

Arguments arguments_with(const Arguments& more) {
  Arguments arguments{"smoke", "--format", "json", "--no-retry"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

Environment environment_of(const Doubles& doubles) {
  Environment environment = doubles.environment();
  environment["PATH"] = "/nowhere";  // no Python environments
  environment["LD_LIBRARY_PATH"] = doubles.folder().path("") + ":" + environment["LD_LIBRARY_PATH"];
  return environment;
}

void erase_between(std::string& text, const std::string& from, const std::string& to) {
  const auto begin = text.find(from);
  if (begin == std::string::npos) return;
  const auto end = text.find(to, begin + from.size());
  if (end != std::string::npos) text.erase(begin, end + to.size() - begin);
}

void erase_all(std::string& text, const std::string& piece) {
  for (auto at = text.find(piece); at != std::string::npos; at = text.find(piece))
    text.erase(at, piece.size());
}

// Without what is another at every run.
std::string steady(std::string text, const std::string& host, const std::string& folder) {
  text.resize(std::min(text.size(), text.find("; NCCL: ")));
  if (!host.empty()) erase_all(text, " on " + host);
  erase_between(text, " (127.0.0.1:", ")");
  erase_between(text, ", last heard ", " ago");
  erase_all(text, folder + "/");
  erase_all(text, folder);
  return text;
}

// What the report says of the rank; of the first in trouble when it says nothing.
std::string said_of(int rank, const std::string& report, const std::string& folder) {
  const auto troubles = nlohmann::json::parse(fact_in(report, "troubles"), nullptr, false);
  if (!troubles.is_array()) return "no troubles";
  const nlohmann::json* chosen = nullptr;
  for (const auto& trouble : troubles) {
    if (chosen == nullptr || trouble["rank"] == rank) chosen = &trouble;
  }
  if (chosen != nullptr) {
    return steady((*chosen)["text"].get<std::string>(), (*chosen)["host"].get<std::string>(), folder);
  }
  const auto wrong = nlohmann::json::parse(fact_in(report, "wrong_sums"), nullptr, false);
  return wrong.is_array() && !wrong.empty() ? wrong.front().get<std::string>() : "";
}

std::string cell(const FaultCase& fault) {
  const auto& folder = fault.doubles->folder();
  const auto report = folder.read("out0");
  const auto rules = join(rules_in(report), ", ");
  const auto said = said_of(fault.rank, report, folder.path(""));
  if (rules.empty()) return fact_in(report, "outcome") + (said.empty() ? "" : "; " + said);
  return rules + "; " + said;
}

// The index of its first process.
std::size_t start(const FaultCase& fault, Children& children) {
  const auto& folder = fault.doubles->folder();
  const auto first = children.count();
  std::vector<pid_t> numbers;
  for (std::size_t index = 0; index < fault.processes.size(); ++index) {
    const auto& process = fault.processes[index];
    const auto number = std::to_string(index);
    children.start([&] {
      return become_program(process.arguments, process.environment, folder.path("out" + number),
                            folder.path("err" + number));
    });
    numbers.push_back(children.process(first + index));
  }
  if (fault.meddle) children.start([&] { return fault.meddle(numbers); });
  return first;
}

// Which of them took longer than they may, measured by a healthy run beside them.
std::vector<bool> run_once(std::span<const FaultCase> cases) {
  const auto healthy = one_process("", "");
  Children children;
  const auto yardstick = start(healthy, children);
  std::vector<std::size_t> places;
  for (const auto& fault : cases) places.push_back(start(fault, children));
  const auto outcomes = children.wait(kLimit);
  CHECK(Children::nothing_left());
  // A machine on which even a healthy run misses its deadlines tells nothing of the others.
  const bool is_too_busy = outcomes[yardstick].exit_status != 0;
  std::vector<bool> late;
  for (std::size_t index = 0; index < cases.size(); ++index) {
    const auto& outcome = outcomes[places[index]];
    CHECK(outcome.exit_status == (cell(cases[index]).starts_with("passed") ? 0 : 1));
    late.push_back(is_too_busy || outcome.took > outcomes[yardstick].took + cases[index].due + kSlack);
  }
  return late;
}

}  // namespace

std::uint16_t free_port() {
  // Below the ports that the kernel gives to whoever asks for any: a run beside this one, or another test,
  // would get the port before the ranks that are to meet there have started.
  constexpr int kFirst = 20'000;
  constexpr int kPorts = 9'000;
  static int next = static_cast<int>(::getpid()) * 97;
  for (int tries = 0; tries < kPorts; ++tries) {
    const auto port = static_cast<std::uint16_t>(kFirst + next++ % kPorts);
    if (listen_on(Listen::loopback, port)) return port;
  }
  throw std::runtime_error("no free port");
}

FaultCase one_process(const std::string& driver, const std::string& nccl) {
  FaultCase fault;
  fault.doubles = std::make_shared<Doubles>("gpus 2\n" + driver + "\n", nccl + "\n");
  fault.processes.push_back(
      {arguments_with({"--ranks", "2", "--iterations", "1", "--size", "4Ki", "--stage-deadline", "1"}),
       environment_of(*fault.doubles)});
  return fault;
}

FaultCase by_processes(int world, int started, int arrival_deadline, int stage_deadline) {
  FaultCase fault;
  fault.doubles = std::make_shared<Doubles>("gpus 2\n", "");
  const auto arguments =
      arguments_with({"--iterations", "0", "--arrival-deadline", std::to_string(arrival_deadline),
                      "--stage-deadline", std::to_string(stage_deadline)});
  const auto meeting = "127.0.0.1:" + std::to_string(free_port());
  for (int rank = 0; rank < started; ++rank) {
    auto environment = environment_of(*fault.doubles);
    environment["GPU_PREFLIGHT_RANK"] = std::to_string(rank);
    environment["GPU_PREFLIGHT_WORLD_SIZE"] = std::to_string(world);
    environment["GPU_PREFLIGHT_RENDEZVOUS"] = meeting;
    fault.processes.push_back({arguments, environment});
  }
  fault.rank = 1;
  return fault;
}

std::vector<std::string> run_side_by_side(std::span<const FaultCase> cases,
                                          std::span<const std::string> expected) {
  auto late = run_once(cases);
  std::vector<std::string> cells;
  for (std::size_t index = 0; index < cases.size(); ++index) {
    // All that a busy machine can do is to miss a deadline; anything else that differs is a failure at once.
    const auto is_other = [&] {
      const auto came_to = cell(cases[index]);
      const bool missed = came_to.find("did not get through") != std::string::npos ||
                          came_to.find("did not return within") != std::string::npos;
      return missed && !expected[index].empty() && came_to != expected[index];
    };
    bool is_late = late[index];
    for (int tries = 1; (is_late || is_other()) && tries < kTries; ++tries) {
      is_late = run_once(cases.subspan(index, 1)).front();
    }
    cells.push_back(cell(cases[index]));
    INFO(cells.back());
    CHECK_FALSE(is_late);
  }
  return cells;
}

}  // namespace preflight::smoke
