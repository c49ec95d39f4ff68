// The driver of this host, as doubles play it.
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "catch.hpp"
#include "driver_double.hpp"
#include "live_report.hpp"

using namespace preflight;
using test::DriverDouble;
using test::LiveReport;
using test::start;

namespace {

using Ids = std::vector<std::string>;

const test::Arguments kCheck = {"check", "--format", "json"};

LiveReport check(const std::string& scenario) {
  return LiveReport(DriverDouble(scenario).start(kCheck));
}

constexpr const char* kFirst = "0000:10:00.0";
constexpr const char* kSecond = "0000:11:00.0";

}  // namespace

TEST_CASE("a healthy machine's driver says all there is to say") {
  const DriverDouble driver("gpus 8\n");
  const LiveReport report(driver.start(kCheck));
  CHECK(report.findings() == Ids{});
  CHECK(report.gaps() == Ids{});
  CHECK(report.fact("nvml.init") == "0");
  CHECK(report.fact("nvml.init_text") == "absent");
  CHECK(report.fact("nvml.driver_version") == "535.104.05");
  CHECK(report.fact("nvml.version") == "12.535.104.05");
  CHECK(report.fact("nvml.cuda_version") == "12.2");
  CHECK(report.fact("nvml.gpus") == "8");
  CHECK(report.fact("nvml.missing_functions") == "[]");
  CHECK(report.fact("nvml.library").ends_with("/lib/libnvidia-ml.so.1"));
  CHECK(report.fact("cuda_driver.init_name") == "CUDA_SUCCESS");
  CHECK(report.fact("cuda_driver.version") == "12.2");
  CHECK(report.fact("cuda_driver.gpus") == "8");
  CHECK(report.fact("cuda_driver.missing_functions") == "[]");
  CHECK(report.fact("cuda_driver.library").ends_with("/lib/libcuda.so.1"));
  const auto last = std::string("0000:17:00.0");
  CHECK(report.gpu_fact(last, "nvml.index") == "7");
  CHECK(report.gpu_fact(last, "cuda_driver.index") == "7");
  CHECK(report.gpu_fact(last, "nvml.compute_capability") == "9.0");
  CHECK(report.gpu_fact(last, "cuda_driver.compute_capability") == "9.0");
  CHECK(report.gpu_fact(last, "nvml.memory.total") == "85520809984");
  CHECK(report.gpu_fact(last, "cuda_driver.memory") == "85520809984");
  CHECK(report.gpu_fact(last, "nvml.fabric.state") == "completed");
  CHECK(report.gpu_fact(last, "nvml.fabric.health.degraded_bandwidth") == "false");
  CHECK(report.gpu_fact(last, "nvml.fabric.health.configuration") == "correct");
  CHECK(report.gpu_fact(last, "nvml.recovery_action") == "none");
  CHECK(report.gpu_fact(last, "nvml.power.draw") == "71234");
  CHECK(report.gpu_fact(last, "nvml.retired_pages.pending") == "absent");
  CHECK(report.gpu_fact(last, "model.name") == "H100 80GB HBM3");
  // 8 * 7 directions, 8 * 7 / 2 pairs.
  const auto count = [&](const std::string& path, const std::string& what) {
    const auto text = report.fact(path);
    std::size_t found = 0;
    for (auto place = text.find(what); place != std::string::npos; place = text.find(what, place + 1))
      ++found;
    return found;
  };
  CHECK(count("cuda_driver.peer_access", "\"access\":true") == 56);
  CHECK(count("nvml.topology", "\"path\":\"NODE\"") == 28);
}

TEST_CASE("what the driver says is judged") {
  struct Case {
    const char* scenario;
    const char* rule;
  };
  const auto row = GENERATE(values<Case>({
      {"cuInit error 34\n", "cuda-says-stub"},
      {"cuInit error 100\n", "cuda-says-no-device"},
      {"cuInit error 802\n", "cuda-says-not-ready"},
      {"cuInit error 803\n", "cuda-says-driver-mismatch"},
      {"cuInit error 804\n", "cuda-says-compat-unsupported"},
      {"cuInit error 805\n", "cuda-says-mps-not-reached"},
      {"cuInit error 999\n", "cuda-does-not-initialise"},
      {"cuInit error 12345\n", "cuda-does-not-initialise"},
      {"nvmlInit_v2 error 18\n", "nvml-says-driver-mismatch"},
      {"nvmlInit_v2 error 999\n", "nvml-does-not-initialise"},
      {"nvmlDeviceGetHandleByIndex_v2@1 error 15\n", "gpu-not-reachable"},
      {"nvmlDeviceGetTemperature@1 error 15\n", "gpu-not-reachable"},
      {"nvmlDeviceGetName@0 error 16\n", "gpu-not-reachable"},
      {"cuDeviceGet@1 error 999\n", "cuda-gpu-not-reachable"},
      {"cuDeviceGetPCIBusId@1 garbage\n", "cuda-gpu-not-reachable"},
      {"process.pid@1 4711\nmemory.used@1 70000000000\n", "gpu-memory-taken"},
      {"compute_mode@0 2\n", "gpu-compute-prohibited"},
      {"compute_mode@0 3\nprocess.pid@0 4711\n", "gpu-exclusive-and-taken"},
      {"throttle@1 72\n", "gpu-throttled"},
      {"throttle@1 128\n", "gpu-throttled"},
      {"retired.pending@0 1\n", "gpu-page-retirement-pending"},
      {"rows.pending@1 1\n", "gpu-row-remap-pending"},
      {"rows.failure@1 1\n", "gpu-row-remap-failed"},
      {"ecc.uncorrected@1 3\n", "gpu-uncorrected-memory-errors"},
      {"links.down@1 5\n", "nvlink-down"},
      {"fabric@1 2\n", "fabric-not-ready"},
      {"fabric.status@1 999\n", "fabric-registration-failed"},
      {"fabric.health@1 4521\n", "fabric-unhealthy"},  // 0x11a9: less bandwidth
      {"fabric.health@1 4778\n", "fabric-unhealthy"},  // 0x12aa: system GUID
      {"recovery@1 1\n", "gpu-reset-required"},
      {"recovery@1 2\n", "gpu-recovery-wanted"},
  }));
  INFO(row.scenario);
  const auto report = check(std::string("gpus 2\n") + row.scenario);
  CHECK(report.findings() == Ids{row.rule});
  CHECK(report.gaps() == Ids{});
}

TEST_CASE("what looks odd and is healthy is no finding") {
  const auto* const scenario = GENERATE(
      "gpus 1\n", "gpus 2\nlinks 0\nfabric 0\n", "gpus 2\nmig 1\nmig.devices 7\nlinks.down 3\n",
      "gpus 2\nthrottle 4\n", "gpus 2\nprocess.pid 9\nmemory.used 900000000\n", "gpus 2\npeer 0\n",
      "gpus 2\necc -1\nrows.correctable -1\nmig -1\npower.limit -1\npower.draw -1\nrecovery -1\n",
      "gpus 2\nfabric.health 0\n", "gpus 2\nfabric.health 2\n",
      "gpus 2\nretired.single 3\nretired.pending 0\n", "gpus 2\nlinks.down 3\nfabric 0\n", "gpus 0\n");
  INFO(scenario);
  const auto report = check(scenario);
  CHECK(report.findings() == Ids{});
  CHECK(report.gaps() == Ids{});
}

TEST_CASE("what an older driver doesn't tell of the fabric and of recovery is absent or unknown") {
  const auto old = check("gpus 2\nfabric.health@1 2\nrecovery@1 -1\nfabric.health@0 12\nrecovery@0 99\n");
  CHECK(old.gpu_fact(kSecond, "nvml.fabric.health.degraded_bandwidth") == "false");
  CHECK(old.gpu_fact(kSecond, "nvml.fabric.health.route_recovery") == "absent");
  CHECK(old.gpu_fact(kSecond, "nvml.fabric.health.configuration") == "absent");
  CHECK(old.gpu_fact(kSecond, "nvml.recovery_action") == "absent");
  CHECK(old.gpu_fact(kFirst, "nvml.fabric.health.route_recovery") ==
        "unknown: nvmlDeviceGetGpuFabricInfoV gave 3");
  CHECK(old.gpu_fact(kFirst, "nvml.recovery_action") == "unknown: nvmlDeviceGetFieldValues gave 99");
  const auto broken = check("gpus 1\nnvmlDeviceGetFieldValues garbage\nnvmlDeviceGetPowerUsage error 999\n");
  CHECK(broken.gpu_fact(kFirst, "nvml.recovery_action").starts_with("unknown: nvmlDeviceGetFieldValues: "));
  CHECK(broken.gpu_fact(kFirst, "nvml.power.draw") ==
        "unknown: nvmlDeviceGetPowerUsage: Unknown Error (999)");
}

TEST_CASE("a machine without a GPU, and one with MIG") {
  const auto none = check("gpus 0\n");
  CHECK(none.fact("nvml.gpus") == "0");
  CHECK(none.fact("cuda_driver.init") == "100");
  CHECK(none.fact("cuda_driver.gpus") == "unknown: libcuda.so.1 did not initialise");
  const auto mig = check("gpus 2\nmig@1 1\nmig.devices@1 3\n");
  CHECK(mig.gpu_fact(kFirst, "nvml.mig.enabled") == "false");
  CHECK(mig.gpu_fact(kFirst, "nvml.mig.devices") == "0");
  CHECK(mig.gpu_fact(kSecond, "nvml.mig.enabled") == "true");
  CHECK(mig.gpu_fact(kSecond, "nvml.mig.devices") == "3");
}

TEST_CASE("an old driver lacks functions, and all others are asked") {
  DriverDouble driver("gpus 2\ndriver 418.87.00\ncuda 10010\n");
  const Ids missing = {"nvmlDeviceGetComputeRunningProcesses_v3", "nvmlDeviceGetGpuFabricInfo",
                       "nvmlDeviceGetGpuFabricInfoV", "nvmlDeviceGetMigMode", "nvmlDeviceGetRemappedRows"};
  for (const auto& symbol : missing) driver.remove_symbol(test::kNvml, symbol);
  driver.remove_symbol(test::kCuda, "cuDeviceGetUuid_v2");
  const LiveReport report(driver.start(kCheck));
  CHECK(report.gaps() == Ids{});
  CHECK(report.findings() == Ids{});
  for (const auto& symbol : missing) {
    CHECK(report.fact("nvml.missing_functions").find("\"" + symbol + "\"") != std::string::npos);
  }
  CHECK(report.gpu_fact(kFirst, "nvml.mig.enabled") ==
        "unknown: this libnvidia-ml.so.1 has no nvmlDeviceGetMigMode");
  CHECK(report.gpu_fact(kFirst, "cuda_driver.uuid") ==
        "unknown: this libcuda.so.1 has no cuDeviceGetUuid_v2");
  CHECK(report.gpu_fact(kSecond, "nvml.memory.total") == "85520809984");
  CHECK(report.gpu_fact(kSecond, "cuda_driver.compute_capability") == "9.0");
}

TEST_CASE("the oldest names of functions are taken where the newer are missing") {
  DriverDouble driver("gpus 1\n");
  driver.remove_symbol(test::kNvml, "nvmlInit_v2");
  const LiveReport report(driver.start(kCheck));
  CHECK(report.fact("nvml.init") == "0");
  CHECK(report.fact("nvml.missing_functions") == "[]");
}

TEST_CASE("each code that cuInit and nvmlInit can return is kept, with its text") {
  const int code =
      GENERATE(1, 2, 3, 34, 46, 100, 101, 201, 214, 702, 719, 800, 801, 802, 803, 804, 805, 807, 999);
  const auto report = check("gpus 1\ncuInit error " + std::to_string(code) + "\nnvmlInit_v2 error " +
                            std::to_string(code % 31 + 1) + "\n");
  CHECK(report.fact("cuda_driver.init") == std::to_string(code));
  CHECK(report.fact("nvml.init") == std::to_string(code % 31 + 1));
  CHECK(report.fact("nvml.init_text").find("(" + std::to_string(code % 31 + 1) + ")") != std::string::npos);
  CHECK(report.gaps() == Ids{});
}

TEST_CASE("--no-live calls nothing") {
  const DriverDouble driver("gpus 2\ncuInit crash\nnvmlInit_v2 hang\n");
  const LiveReport report(driver.start({"check", "--format", "json", "--no-live"}));
  CHECK(report.fact("cuda_driver.init") == "unknown: the driver was not to be asked");
  CHECK(report.fact("nvml.gpus") == "unknown: the driver was not to be asked");
  CHECK(report.gaps() == Ids{});
}

TEST_CASE("what the driver said is judged the same from a saved file", "[unsanitized]") {
  const DriverDouble driver("gpus 2\ncuInit error 802\nfabric@1 1\nnvmlDeviceGetTemperature hang\n");
  // Time enough on a busy machine to come to the call that hangs.
  const std::string deadline = std::to_string(test::kSlower);
  const auto probed = driver.start({"probe", "--format", "json", "--deadline", deadline});
  REQUIRE(probed.status == 0);
  const auto direct = LiveReport(driver.start({"check", "--format", "json", "--deadline", deadline}));
  const auto saved = LiveReport(start({"check", "--facts", "-", "--format", "json"}, {.input = probed.out}));
  CHECK(saved.findings() == direct.findings());
  CHECK(saved.gaps() == direct.gaps());
  CHECK(saved.fact("nvml.unreachable_gpus") == direct.fact("nvml.unreachable_gpus"));
}

TEST_CASE("a command is not started while the driver hangs") {
  const DriverDouble driver("gpus 2\ncuInit hang\n");
  const auto outcome =
      driver.start({"run", "--deadline", std::to_string(test::kSlower), "--", "/bin/echo", "started"});
  CHECK(outcome.status != 0);
  CHECK(outcome.out.empty());
  CHECK(outcome.err.find("did not return before the deadline, in cuInit") != std::string::npos);
}

TEST_CASE("the deadline is a number of seconds") {
  for (const auto* const wrong : {"0", "-1", "soon", "1e9"}) {
    CHECK(test::call({"check", "--no-live", "--deadline", wrong}).status == 64);
  }
}

TEST_CASE("probe --list names what is called") {
  const auto list = test::call({"probe", "--list"}).out;
  CHECK(list.find("calls libcuda.so.1 of this host, in a child process") != std::string::npos);
  CHECK(list.find("calls libnvidia-ml.so.1 of this host, in a child process") != std::string::npos);
}
