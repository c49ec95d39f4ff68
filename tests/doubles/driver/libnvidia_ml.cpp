// A double of libnvidia-ml.so.1: a machine of healthy H100s in an NVLink fabric, unless the scenario says
// otherwise. The settings are the keys below.
#include <cstring>
#include <string>

#include "doubles/driver/machine.hpp"
#include "gpu/nvml.hpp"

using namespace preflight::test;
using namespace preflight::gpu;

namespace {

constexpr int kUninitialised = 1;
constexpr int kInvalidArgument = 2;
constexpr int kNotFound = 6;
constexpr std::intptr_t kMigBase = 100'000;

bool is_initialised = false;

const Scenario& scenario() {
  return Scenario::current();
}

int gpu_count() {
  return static_cast<int>(scenario().number("gpus", kNoGpu, 1));
}

// -2, which no GPU has, for what is no handle of ours.
int index_of(NvmlDevice device) {
  const auto number = reinterpret_cast<std::intptr_t>(device) - 1;
  return number < 0 || number >= gpu_count() ? -2 : static_cast<int>(number);
}

NvmlDevice device_of(std::intptr_t index) {
  return reinterpret_cast<NvmlDevice>(index + 1);
}

std::optional<int> begin(std::string_view function, int gpu, std::initializer_list<Output> outputs) {
  if (const auto played = scenario().play(function, gpu, outputs)) return played;
  if (!is_initialised) return kUninitialised;
  if (gpu != kNoGpu && (gpu < 0 || gpu >= gpu_count())) return kInvalidArgument;
  return std::nullopt;
}

// A function whose one result is a number of the scenario; -1 means that the GPU doesn't support it.
template <class Value>
int number(std::string_view function, NvmlDevice device, Value* value, std::string_view setting,
           long long otherwise) {
  const int gpu = index_of(device);
  if (const auto code = begin(function, gpu, {{value, sizeof *value}})) return *code;
  const auto set = scenario().number(setting, gpu, otherwise);
  if (set < 0) return kNvmlNotSupported;
  *value = static_cast<Value>(set);
  return 0;
}

// The same for a text.
int text(std::string_view function, int gpu, char* buffer, unsigned size, std::string_view setting,
         std::string_view otherwise) {
  if (const auto code = begin(function, gpu, {{buffer, size}})) return *code;
  write_text(buffer, size, scenario().text(setting, gpu, otherwise));
  return 0;
}

void fill_pci(NvmlPci& pci, int gpu) {
  pci = NvmlPci{};
  pci.bus = static_cast<unsigned>(0x10 + gpu);
  pci.device_id = 0x233010de;
  const auto address = scenario().text("address", gpu, "0000" + address_of(gpu));
  write_text(pci.address.data(), pci.address.size(), address);
}

int init(std::string_view function) {
  if (const auto played = scenario().play(function, kNoGpu, {})) return *played;
  is_initialised = true;
  return 0;
}

}  // namespace

extern "C" {

int nvmlInit_v2() {
  return init("nvmlInit_v2");
}

int nvmlInit() {
  return init("nvmlInit");
}

const char* nvmlErrorString(int code) {
  if (scenario().play("nvmlErrorString", kNoGpu, {})) return nullptr;
  switch (code) {
    case 0:
      return "Success";
    case 1:
      return "Uninitialized";
    case 3:
      return "Not Supported";
    case 4:
      return "Insufficient Permissions";
    case 9:
      return "Driver Not Loaded";
    case 15:
      return "GPU is lost";
    case 16:
      return "GPU requires reset";
    case 18:
      return "Driver/library version mismatch";
    default:
      return "Unknown Error";
  }
}

int nvmlSystemGetDriverVersion(char* buffer, unsigned size) {
  return text("nvmlSystemGetDriverVersion", kNoGpu, buffer, size, "driver", "535.104.05");
}

int nvmlSystemGetNVMLVersion(char* buffer, unsigned size) {
  return text("nvmlSystemGetNVMLVersion", kNoGpu, buffer, size, "nvml", "12.535.104.05");
}

int nvmlSystemGetCudaDriverVersion_v2(int* version) {
  if (const auto code = begin("nvmlSystemGetCudaDriverVersion_v2", kNoGpu, {{version, sizeof *version}})) {
    return *code;
  }
  *version = static_cast<int>(scenario().number("cuda", kNoGpu, 12020));
  return 0;
}

int nvmlSystemGetProcessName(unsigned pid, char* buffer, unsigned size) {
  if (const auto code = begin("nvmlSystemGetProcessName", kNoGpu, {{buffer, size}})) return *code;
  if (pid == 0) return kNotFound;
  write_text(buffer, size, scenario().text("process.name", kNoGpu, "python"));
  return 0;
}

int nvmlDeviceGetCount_v2(unsigned* count) {
  if (const auto code = begin("nvmlDeviceGetCount_v2", kNoGpu, {{count, sizeof *count}})) return *code;
  *count = static_cast<unsigned>(gpu_count());
  return 0;
}

int nvmlDeviceGetHandleByIndex_v2(unsigned index, NvmlDevice* device) {
  const int gpu = static_cast<int>(index);
  if (const auto code = begin("nvmlDeviceGetHandleByIndex_v2", gpu, {{device, sizeof *device}})) return *code;
  *device = device_of(gpu);
  return 0;
}

int nvmlDeviceGetPciInfo_v3(NvmlDevice device, NvmlPci* pci) {
  const int gpu = index_of(device);
  if (const auto code = begin("nvmlDeviceGetPciInfo_v3", gpu, {{pci, sizeof *pci}})) return *code;
  fill_pci(*pci, gpu);
  return 0;
}

int nvmlDeviceGetName(NvmlDevice device, char* buffer, unsigned size) {
  return text("nvmlDeviceGetName", index_of(device), buffer, size, "name", kDefaultName);
}

int nvmlDeviceGetUUID(NvmlDevice device, char* buffer, unsigned size) {
  const std::string uuid = "GPU-00000000-0000-0000-0000-00000000000" + std::to_string(index_of(device) % 10);
  return text("nvmlDeviceGetUUID", index_of(device), buffer, size, "uuid", uuid);
}

int nvmlDeviceGetMinorNumber(NvmlDevice device, unsigned* minor) {
  return number("nvmlDeviceGetMinorNumber", device, minor, "minor", index_of(device));
}

int nvmlDeviceGetCudaComputeCapability(NvmlDevice device, int* major, int* minor) {
  const int gpu = index_of(device);
  if (const auto code = begin("nvmlDeviceGetCudaComputeCapability", gpu,
                              {{major, sizeof *major}, {minor, sizeof *minor}})) {
    return *code;
  }
  const auto capability = scenario().number("capability", gpu, kDefaultCapability);
  *major = static_cast<int>(capability / 10);
  *minor = static_cast<int>(capability % 10);
  return 0;
}

int nvmlDeviceGetMemoryInfo(NvmlDevice device, NvmlMemory* memory) {
  const int gpu = index_of(device);
  if (const auto code = begin("nvmlDeviceGetMemoryInfo", gpu, {{memory, sizeof *memory}})) return *code;
  memory->total = static_cast<unsigned long long>(scenario().number("memory.total", gpu, kDefaultMemory));
  memory->used = static_cast<unsigned long long>(scenario().number("memory.used", gpu, kDefaultMemoryUsed));
  memory->free = memory->total - memory->used;
  return 0;
}

// process.pid, process.memory: one process; none by default.
int nvmlDeviceGetComputeRunningProcesses_v3(NvmlDevice device, unsigned* count, NvmlProcess* processes) {
  const int gpu = index_of(device);
  if (const auto code = begin("nvmlDeviceGetComputeRunningProcesses_v3", gpu, {{count, sizeof *count}})) {
    return *code;
  }
  const auto pid = scenario().number("process.pid", gpu, 0);
  const unsigned room = *count;
  *count = pid == 0 ? 0 : 1;
  if (pid == 0) return 0;
  if (room == 0) return kNvmlInsufficientSize;
  processes[0] = {static_cast<unsigned>(pid),
                  static_cast<unsigned long long>(scenario().number("process.memory", gpu, -1)), ~0U, ~0U};
  return 0;
}

int nvmlDeviceGetMigMode(NvmlDevice device, unsigned* current, unsigned* pending) {
  const int code = number("nvmlDeviceGetMigMode", device, current, "mig", 0);
  *pending = static_cast<unsigned>(scenario().number("mig.pending", index_of(device), *current));
  return code;
}

int nvmlDeviceGetMaxMigDeviceCount(NvmlDevice device, unsigned* count) {
  return number("nvmlDeviceGetMaxMigDeviceCount", device, count, "mig.most", 7);
}

int nvmlDeviceGetMigDeviceHandleByIndex(NvmlDevice device, unsigned index, NvmlDevice* instance) {
  const int gpu = index_of(device);
  if (const auto code = begin("nvmlDeviceGetMigDeviceHandleByIndex", gpu, {})) return *code;
  if (index >= static_cast<unsigned>(scenario().number("mig.devices", gpu, 0))) return kNotFound;
  *instance = device_of(kMigBase + static_cast<std::intptr_t>(index));
  return 0;
}

int nvmlDeviceGetEccMode(NvmlDevice device, NvmlSwitch* current, NvmlSwitch* pending) {
  const int code = number("nvmlDeviceGetEccMode", device, current, "ecc", 1);
  *pending = static_cast<NvmlSwitch>(scenario().number("ecc.pending", index_of(device), *current));
  return code;
}

int nvmlDeviceGetTotalEccErrors(NvmlDevice device, int error, int period, unsigned long long* count) {
  const std::string setting = std::string(period == kNvmlVolatile ? "ecc." : "ecc.lifetime_") +
                              (error == kNvmlCorrected ? "corrected" : "uncorrected");
  return number("nvmlDeviceGetTotalEccErrors", device, count, setting, 0);
}

int nvmlDeviceGetRetiredPages(NvmlDevice device, int cause, unsigned* count, unsigned long long*) {
  return number("nvmlDeviceGetRetiredPages", device, count,
                cause == kNvmlRetiredForDoubleBit ? "retired.double" : "retired.single", -1);
}

int nvmlDeviceGetRetiredPagesPendingStatus(NvmlDevice device, NvmlSwitch* pending) {
  return number("nvmlDeviceGetRetiredPagesPendingStatus", device, pending, "retired.pending", -1);
}

int nvmlDeviceGetRemappedRows(NvmlDevice device, unsigned* correctable, unsigned* uncorrectable,
                              unsigned* pending, unsigned* failure) {
  const int gpu = index_of(device);
  *uncorrectable = static_cast<unsigned>(scenario().number("rows.uncorrectable", gpu, 0));
  *pending = static_cast<unsigned>(scenario().number("rows.pending", gpu, 0));
  *failure = static_cast<unsigned>(scenario().number("rows.failure", gpu, 0));
  return number("nvmlDeviceGetRemappedRows", device, correctable, "rows.correctable", 0);
}

// recovery: the number of the action that the driver asks for; no other field is known.
int nvmlDeviceGetFieldValues(NvmlDevice device, int count, NvmlField* fields) {
  const int gpu = index_of(device);
  if (const auto code = begin("nvmlDeviceGetFieldValues", gpu, {{fields, sizeof *fields}})) return *code;
  if (count != 1) return kInvalidArgument;
  const auto action = scenario().number("recovery", gpu, 0);
  fields->result = fields->field != kNvmlRecoveryAction ? kInvalidArgument
                   : action < 0                         ? kNvmlNotSupported
                                                        : 0;
  fields->value.number = static_cast<unsigned>(action);
  return 0;
}

int nvmlDeviceGetPersistenceMode(NvmlDevice device, NvmlSwitch* mode) {
  return number("nvmlDeviceGetPersistenceMode", device, mode, "persistence", 1);
}

int nvmlDeviceGetComputeMode(NvmlDevice device, int* mode) {
  return number("nvmlDeviceGetComputeMode", device, mode, "compute_mode", 0);
}

int nvmlDeviceGetPowerUsage(NvmlDevice device, unsigned* draw) {
  return number("nvmlDeviceGetPowerUsage", device, draw, "power.draw", 71'234);
}

int nvmlDeviceGetEnforcedPowerLimit(NvmlDevice device, unsigned* limit) {
  return number("nvmlDeviceGetEnforcedPowerLimit", device, limit, "power.limit", 700'000);
}

int nvmlDeviceGetPowerManagementDefaultLimit(NvmlDevice device, unsigned* limit) {
  return number("nvmlDeviceGetPowerManagementDefaultLimit", device, limit, "power.default", 700'000);
}

int nvmlDeviceGetClockInfo(NvmlDevice device, int, unsigned* clock) {
  return number("nvmlDeviceGetClockInfo", device, clock, "clock", 345);
}

int nvmlDeviceGetMaxClockInfo(NvmlDevice device, int, unsigned* clock) {
  return number("nvmlDeviceGetMaxClockInfo", device, clock, "clock.max", 1980);
}

int nvmlDeviceGetCurrentClocksEventReasons(NvmlDevice device, unsigned long long* reasons) {
  return number("nvmlDeviceGetCurrentClocksEventReasons", device, reasons, "throttle", 1);  // idle
}

int nvmlDeviceGetTemperature(NvmlDevice device, int, unsigned* temperature) {
  return number("nvmlDeviceGetTemperature", device, temperature, "temperature", 31);
}

int nvmlDeviceGetCurrPcieLinkGeneration(NvmlDevice device, unsigned* generation) {
  return number("nvmlDeviceGetCurrPcieLinkGeneration", device, generation, "pcie.generation", 5);
}

int nvmlDeviceGetMaxPcieLinkGeneration(NvmlDevice device, unsigned* generation) {
  return number("nvmlDeviceGetMaxPcieLinkGeneration", device, generation, "pcie.max_generation", 5);
}

int nvmlDeviceGetCurrPcieLinkWidth(NvmlDevice device, unsigned* width) {
  return number("nvmlDeviceGetCurrPcieLinkWidth", device, width, "pcie.width", 16);
}

int nvmlDeviceGetMaxPcieLinkWidth(NvmlDevice device, unsigned* width) {
  return number("nvmlDeviceGetMaxPcieLinkWidth", device, width, "pcie.max_width", 16);
}

// links: how many there are; links.down: the number of one that is down.
int nvmlDeviceGetNvLinkState(NvmlDevice device, unsigned link, NvmlSwitch* active) {
  const int gpu = index_of(device);
  if (const auto code = begin("nvmlDeviceGetNvLinkState", gpu, {{active, sizeof *active}})) return *code;
  if (link >= static_cast<unsigned>(scenario().number("links", gpu, 18))) return kInvalidArgument;
  *active = scenario().number("links.down", gpu, -1) == static_cast<long long>(link) ? 0 : 1;
  return 0;
}

int nvmlDeviceGetNvLinkRemotePciInfo_v2(NvmlDevice device, unsigned, NvmlPci* pci) {
  if (const auto code =
          begin("nvmlDeviceGetNvLinkRemotePciInfo_v2", index_of(device), {{pci, sizeof *pci}})) {
    return *code;
  }
  *pci = NvmlPci{};
  write_text(pci->address.data(), pci->address.size(), "00000000:05:00.0");
  return 0;
}

// fabric: the state, 3 for completed; fabric.status, fabric.clique; fabric.health: the mask, by default all
// well.
int nvmlDeviceGetGpuFabricInfoV(NvmlDevice device, NvmlFabric* fabric) {
  const int gpu = index_of(device);
  if (const auto code = begin("nvmlDeviceGetGpuFabricInfoV", gpu, {{fabric, sizeof *fabric}})) return *code;
  if (fabric->version != kNvmlFabricVersion) return kInvalidArgument;
  fabric->state = static_cast<unsigned char>(scenario().number("fabric", gpu, 3));
  fabric->status = static_cast<int>(scenario().number("fabric.status", gpu, 0));
  fabric->clique = static_cast<unsigned>(scenario().number("fabric.clique", gpu, 1));
  fabric->health_mask = static_cast<unsigned>(scenario().number("fabric.health", gpu, 0x11aa));
  return 0;
}

int nvmlDeviceGetGpuFabricInfo(NvmlDevice device, OldNvmlFabric* fabric) {
  const int gpu = index_of(device);
  if (const auto code = begin("nvmlDeviceGetGpuFabricInfo", gpu, {{fabric, sizeof *fabric}})) return *code;
  *fabric = {{},
             static_cast<int>(scenario().number("fabric.status", gpu, 0)),
             static_cast<unsigned>(scenario().number("fabric.clique", gpu, 1)),
             static_cast<unsigned char>(scenario().number("fabric", gpu, 3))};
  return 0;
}

int nvmlDeviceGetTopologyCommonAncestor(NvmlDevice device, NvmlDevice, int* level) {
  return number("nvmlDeviceGetTopologyCommonAncestor", device, level, "topology", 40);
}
}
