// Every way in which the driver's libraries can fail, at calls early and late: the run goes on, ends in time,
// and says what failed where. docs/faults.md is the table; PREFLIGHT_WRITE_PAGES=1 writes it again.
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "catch.hpp"
#include "driver_double.hpp"
#include "live_report.hpp"
#include "support/user_file.hpp"

using namespace preflight;
using test::DriverDouble;
using test::LiveReport;

namespace {

using Clock = std::chrono::steady_clock;

struct Call {
  const char* library;
  const char* function;
  const char* fact;  // what it is asked for
  bool of_gpu;
};

constexpr Call kCalls[] = {
    {test::kCuda, "cuDriverGetVersion", "cuda_driver.version", false},
    {test::kCuda, "cuInit", "cuda_driver.init", false},
    {test::kCuda, "cuDeviceGetCount", "cuda_driver.gpus", false},
    {test::kCuda, "cuDeviceGetName", "cuda_driver.name", true},
    {test::kCuda, "cuDeviceGetPCIBusId", "cuda_driver.index", true},
    {test::kCuda, "cuDeviceCanAccessPeer", "cuda_driver.peer_access", false},
    {test::kNvml, "nvmlInit_v2", "nvml.init", false},
    {test::kNvml, "nvmlSystemGetDriverVersion", "nvml.driver_version", false},
    {test::kNvml, "nvmlDeviceGetCount_v2", "nvml.gpus", false},
    {test::kNvml, "nvmlDeviceGetHandleByIndex_v2", "nvml.index", true},
    {test::kNvml, "nvmlDeviceGetMemoryInfo", "nvml.memory.total", true},
    {test::kNvml, "nvmlDeviceGetComputeRunningProcesses_v3", "nvml.processes", true},
    {test::kNvml, "nvmlDeviceGetGpuFabricInfoV", "nvml.fabric.state", true},
    {test::kNvml, "nvmlDeviceGetTopologyCommonAncestor", "nvml.topology", false},
};

constexpr const char* kActions[] = {"hang",           "crash",   "exit 0",  "error 999",
                                    "missing symbol", "garbage", "scribble"};
// Of those that hang. All others may take as long as a busy machine wants.
constexpr const char* kShort = "1";
constexpr const char* kLong = "20";
constexpr std::chrono::milliseconds kMost{1500};  // the short deadline and half a second

// What a run came to: the effect on the verdict, and the fact that was asked for.
std::string cell(const LiveReport& report, const Call& call) {
  const auto gaps = report.gaps();
  const auto findings = report.findings();
  std::string text = !findings.empty() ? findings.front() : gaps.empty() ? "goes on" : "undetermined";
  // Of the second GPU, so that the first one's is an example of what was got before.
  auto fact = call.of_gpu ? report.gpu_fact("0000:11:00.0", call.fact) : report.fact(call.fact);
  constexpr std::size_t kMostText = 130;
  if (fact.starts_with("unknown: ")) {
    text += "; " + (fact.size() > kMostText ? fact.substr(0, kMostText) + "..." : fact);
  } else if (fact == "absent" || fact == "not recorded") {
    text += "; " + fact;
  } else {
    text += "; known";
  }
  return text;
}

bool is_left_behind(const std::string& scenario_part) {
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    std::ifstream file(entry.path() / "environ");
    const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    if (text.find(scenario_part) != std::string::npos) return true;
  }
  return false;
}

// In time, and, where a call hangs, not before it began: at a later try where the machine is busy
// with something else.
LiveReport run(const DriverDouble& driver, const std::string& hanging = "") {
  constexpr int kTries = 5;
  for (int left = kTries;; --left) {
    const auto begin = Clock::now();
    const auto outcome =
        driver.start({"check", "--format", "json", "--deadline", hanging.empty() ? kLong : kShort});
    const bool in_time = hanging.empty() || Clock::now() - begin < kMost;
    const bool came_to_it = hanging.empty() || test::contains(outcome.out, "in " + hanging);
    CHECK((outcome.status == 0 || outcome.status == 1 || outcome.status == 2));
    CHECK_FALSE(is_left_behind(driver.scenario_path()));
    if (!(in_time && came_to_it) && left > 1) continue;
    CHECK(in_time);
    return LiveReport(outcome);
  }
}

std::string table() {
  std::string text = "| call |";
  std::string rule = "|---|";
  for (const auto* const action : kActions) {
    text += " " + std::string(action) + " |";
    rule += "---|";
  }
  text += "\n" + rule + "\n";
  for (const auto& call : kCalls) {
    text += "| `" + std::string(call.function) + "` |";
    for (const std::string action : kActions) {
      const std::string scope = call.of_gpu ? "@1 " : " ";
      const bool is_missing = action == "missing symbol";
      DriverDouble driver("gpus 2\n" + (is_missing ? std::string() : call.function + scope + action + "\n"));
      if (is_missing) driver.remove_symbol(call.library, call.function);
      INFO(call.function << " " << action);
      text += " " + cell(run(driver, action == "hang" ? call.function : ""), call) + " |";
    }
    text += "\n";
  }
  return text;
}

std::string libraries() {
  std::string text = "| library | missing | not a library |\n|---|---|---|\n";
  for (const auto& call : {kCalls[1], kCalls[6]}) {
    DriverDouble missing("gpus 2\n");
    missing.remove_library(call.library);
    DriverDouble spoilt("gpus 2\n");
    spoilt.spoil_library(call.library);
    text += "| `" + std::string(call.library) + "` | " + cell(run(missing), call) + " | ";
    auto of_spoilt = cell(run(spoilt), call);
    // The loader's message names the file.
    const auto path = of_spoilt.find("/");
    if (path != std::string::npos) of_spoilt = of_spoilt.substr(0, path) + "... (what dlopen says)";
    text += of_spoilt + " |\n";
  }
  return text;
}

}  // namespace

TEST_CASE("a failing driver costs its own facts, in time, and nothing is left behind") {
  if (test::kSanitized) {
    // A hundred runs take minutes: what reads results that make no sense is where a sanitizer can find
    // something.
    for (const auto& call : kCalls) {
      INFO(call.function);
      run(DriverDouble("gpus 2\n" + std::string(call.function) + (call.of_gpu ? "@1" : "") + " garbage\n"));
    }
    return;
  }
  const std::string page =
      R"(# When the driver fails

Generated by the tests (`tests/cli/live_faults_test.cpp`), which run `gpu-preflight check` against doubles of the
driver's libraries on a machine of two GPUs; no real driver was at hand. A run in which a call hangs ends within its
deadline and half a second, and no run leaves a process behind. Those of the smoke test are in
[smoke-faults.md](smoke-faults.md).

A cell says what became of the verdict (*goes on*: no effect; *undetermined*; or the rule that matched), then of the
fact that the call is made for: of the second GPU, where the call fails for that one only. *Garbage* is success with
results that make no sense, *scribble* a library that writes to every descriptor.

)" + table() +
      "\n" + libraries();
  const std::string path = PREFLIGHT_SOURCE_DIR "/docs/faults.md";
  if (std::getenv("PREFLIGHT_WRITE_PAGES") != nullptr) std::ofstream(path) << page;
  const auto written = read_user_file(path, std::size_t{1} << 20);
  REQUIRE(written);
  INFO("PREFLIGHT_WRITE_PAGES=1 writes docs/faults.md again");
  CHECK(*written == page);
}
