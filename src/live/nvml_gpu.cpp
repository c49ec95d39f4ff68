// One GPU, by NVML.
#include <algorithm>
#include <array>
#include <vector>

#include "gpu/text.hpp"
#include "live/nvml_session.hpp"

namespace preflight::live {

namespace {

using facts::SubjectWriter;

// A byte or event count of NVML; what does not fit is cut off.
std::int64_t number(unsigned long long value) {
  return static_cast<std::int64_t>(std::min<unsigned long long>(value, INT64_MAX));
}

class Reader {
 public:
  Reader(NvmlSession& session, const NvmlGpu& gpu)
      : session_(session),
        nvml_(session.nvml),
        gpu_(gpu),
        facts_(session.writer().subject("gpu", gpu.address)) {}

  void read() {
    read_identity();
    read_memory();
    read_health();
    read_mode();
    read_running();
  }

 private:
  template <class Called, class... Arguments>
  Answer call(const Called& function, Arguments&&... arguments) {
    return session_.call(gpu_.address, function, gpu_.device, std::forward<Arguments>(arguments)...);
  }
  void record(std::string_view path, const Answer& answer, facts::Value value) {
    session_.record(facts_, path, answer, std::move(value));
  }
  template <class Called, class... Arguments>
  void text(std::string_view path, const Called& function) {
    std::array<char, 128> buffer{};
    const auto answer = call(function, buffer.data(), static_cast<unsigned>(buffer.size() - 1));
    record(path, answer, gpu::text_in(buffer));
  }
  template <class Called, class... Arguments>
  void integer(std::string_view path, const Called& function, Arguments... arguments) {
    unsigned value = 0;
    const auto answer = call(function, arguments..., &value);
    record(path, answer, number(value));
  }

  void read_identity();
  void read_memory();
  void read_processes();
  void read_health();
  void read_recovery_action();
  void read_mode();
  void read_mig();
  void read_running();

  NvmlSession& session_;
  const gpu::Nvml& nvml_;
  const NvmlGpu& gpu_;
  SubjectWriter facts_;
};

void Reader::read_identity() {
  text("nvml.name", nvml_.name);
  text("nvml.uuid", nvml_.uuid);
  integer("nvml.minor", nvml_.minor);
  int major = 0;
  int minor = 0;
  const auto answer = call(nvml_.compute_capability, &major, &minor);
  record("nvml.compute_capability", answer, std::to_string(major) + "." + std::to_string(minor));
}

void Reader::read_memory() {
  gpu::NvmlMemory memory{};
  const auto answer = call(nvml_.memory, &memory);
  record("nvml.memory.total", answer, number(memory.total));
  record("nvml.memory.free", answer, number(memory.free));
  record("nvml.memory.used", answer, number(memory.used));
  read_processes();
}

void Reader::read_processes() {
  constexpr unsigned kMostProcesses = 1024;
  constexpr unsigned long long kNotTold = ~0ULL;
  std::vector<gpu::NvmlProcess> processes(kMostProcesses);
  unsigned count = kMostProcesses;
  const auto answer = call(nvml_.processes, &count, processes.data());
  if (answer.is_success() && count > kMostProcesses) {
    return session_.record_odd(facts_, "nvml.processes", answer, count);
  }
  facts::List list;
  for (unsigned place = 0; answer.is_success() && place < count; ++place) {
    const auto& process = processes[place];
    std::array<char, 256> name{};
    const auto named = session_.call("process " + std::to_string(process.pid), nvml_.process_name,
                                     process.pid, name.data(), static_cast<unsigned>(name.size() - 1));
    const auto memory = process.memory == kNotTold ? 0 : process.memory;
    list.emplace_back(facts::Map{{"pid", std::int64_t{process.pid}},
                                 {"name", named.is_success() ? gpu::text_in(name) : ""},
                                 {"memory", number(memory)}});
  }
  record("nvml.processes", answer, std::move(list));
}

void Reader::read_health() {
  gpu::NvmlSwitch current = 0;
  gpu::NvmlSwitch pending = 0;
  auto answer = call(nvml_.ecc_mode, &current, &pending);
  record("nvml.ecc.enabled", answer, current == 1);
  record("nvml.ecc.pending", answer, pending == 1);
  struct Counter {
    std::string_view path;
    int error;
    int period;
  };
  for (const auto& [path, error, period] :
       {Counter{"nvml.ecc.corrected", gpu::kNvmlCorrected, gpu::kNvmlVolatile},
        Counter{"nvml.ecc.uncorrected", gpu::kNvmlUncorrected, gpu::kNvmlVolatile},
        Counter{"nvml.ecc.lifetime_corrected", gpu::kNvmlCorrected, gpu::kNvmlAggregate},
        Counter{"nvml.ecc.lifetime_uncorrected", gpu::kNvmlUncorrected, gpu::kNvmlAggregate}}) {
    unsigned long long count = 0;
    answer = call(nvml_.ecc_errors, error, period, &count);
    record(path, answer, number(count));
  }
  for (const auto& [path, cause] :
       {std::pair<std::string_view, int>{"nvml.retired_pages.single_bit", gpu::kNvmlRetiredForSingleBit},
        std::pair<std::string_view, int>{"nvml.retired_pages.double_bit", gpu::kNvmlRetiredForDoubleBit}}) {
    std::vector<unsigned long long> addresses(1024);
    auto count = static_cast<unsigned>(addresses.size());
    answer = call(nvml_.retired_pages, cause, &count, addresses.data());
    record(path, answer, number(count));
  }
  answer = call(nvml_.retired_pages_pending, &pending);
  record("nvml.retired_pages.pending", answer, pending == 1);
  std::array<unsigned, 4> rows{};
  answer = call(nvml_.remapped_rows, &rows[0], &rows[1], &rows[2], &rows[3]);
  record("nvml.remapped_rows.correctable", answer, number(rows[0]));
  record("nvml.remapped_rows.uncorrectable", answer, number(rows[1]));
  record("nvml.remapped_rows.pending", answer, rows[2] != 0);
  record("nvml.remapped_rows.failure", answer, rows[3] != 0);
  read_recovery_action();
}

void Reader::read_recovery_action() {
  constexpr std::array<std::string_view, 8> kActions = {"none",      "gpu_reset",       "node_reboot",
                                                        "drain_p2p", "drain_and_reset", "recover_imex_domain",
                                                        "bus_reset", "system_reboot"};
  gpu::NvmlField field{};
  field.field = gpu::kNvmlRecoveryAction;
  auto answer = call(nvml_.fields, 1, &field);
  // Each field has a result of its own, beside that of the call.
  if (answer.is_success()) answer.code = field.result;
  const auto action = field.value.number;
  if (answer.is_success() && action >= kActions.size()) {
    session_.record_odd(facts_, "nvml.recovery_action", answer, action);
  } else {
    record("nvml.recovery_action", answer, answer.is_success() ? kActions[action] : std::string_view());
  }
}

void Reader::read_mode() {
  gpu::NvmlSwitch persistence = 0;
  auto answer = call(nvml_.persistence, &persistence);
  record("nvml.persistence", answer, persistence == 1);
  int mode = 0;
  answer = call(nvml_.compute_mode, &mode);
  if (answer.is_success() && compute_mode_text(mode).empty()) {
    session_.record_odd(facts_, "nvml.compute_mode", answer, mode);
  } else {
    record("nvml.compute_mode", answer, compute_mode_text(mode));
  }
  read_mig();
}

void Reader::read_mig() {
  unsigned current = 0;
  unsigned pending = 0;
  const auto mode = call(nvml_.mig_mode, &current, &pending);
  record("nvml.mig.enabled", mode, current == 1);
  record("nvml.mig.pending", mode, pending == 1);
  if (!mode.is_success() || current != 1) {
    if (mode.is_success()) facts_.set("nvml.mig.devices", 0, "NVML: nvmlDeviceGetMigMode");
    if (!mode.is_success()) record("nvml.mig.devices", mode, 0);
    return;
  }
  constexpr unsigned kMostDevices = 64;
  unsigned most = 0;
  auto answer = call(nvml_.most_mig_devices, &most);
  std::int64_t devices = 0;
  for (unsigned index = 0; answer.is_success() && index < std::min(most, kMostDevices); ++index) {
    gpu::NvmlDevice device = nullptr;
    const auto found = call(nvml_.mig_device, index, &device);
    if (!found.code) answer = found;
    if (found.is_success()) ++devices;  // else there is none of this number
  }
  record("nvml.mig.devices", answer, devices);
}

void Reader::read_running() {
  integer("nvml.power.draw", nvml_.power_draw);
  integer("nvml.power.limit", nvml_.power_limit);
  integer("nvml.power.default_limit", nvml_.default_power_limit);
  integer("nvml.clocks.sm", nvml_.clock, gpu::kNvmlClockSm);
  integer("nvml.clocks.max_sm", nvml_.max_clock, gpu::kNvmlClockSm);
  integer("nvml.temperature", nvml_.temperature, gpu::kNvmlTemperatureGpu);
  integer("nvml.pcie.generation", nvml_.pcie_generation);
  integer("nvml.pcie.max_generation", nvml_.max_pcie_generation);
  integer("nvml.pcie.width", nvml_.pcie_width);
  integer("nvml.pcie.max_width", nvml_.max_pcie_width);
  unsigned long long bits = 0;
  const auto answer = call(nvml_.throttle_reasons, &bits);
  facts::List reasons;
  for (const auto& [bit, name] :
       {std::pair<unsigned long long, const char*>{gpu::kNvmlSwPowerCap, "sw_power_cap"},
        {gpu::kNvmlHwSlowdown, "hw_slowdown"},
        {gpu::kNvmlSwThermal, "sw_thermal"},
        {gpu::kNvmlHwThermal, "hw_thermal"},
        {gpu::kNvmlHwPowerBrake, "hw_power_brake"}}) {
    if ((bits & bit) != 0) reasons.emplace_back(name);
  }
  record("nvml.throttle_reasons", answer, std::move(reasons));
}

}  // namespace

void read_nvml_gpu(NvmlSession& session, const NvmlGpu& gpu) {
  Reader(session, gpu).read();
}

}  // namespace preflight::live
