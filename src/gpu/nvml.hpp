// What we use of NVML (libnvidia-ml.so.1), in our own words; tests/gpu holds it to <nvml.h> where that is
// installed.
#pragma once

#include <array>
#include <cstddef>
#include <utility>

#include "gpu/function.hpp"

namespace preflight::gpu {

using NvmlResult = int;    // nvmlReturn_t
using NvmlDevice = void*;  // nvmlDevice_t
using NvmlSwitch = int;    // nvmlEnableState_t: 0 off, 1 on

constexpr const char* kNvmlLibrary = "libnvidia-ml.so.1";

// nvmlReturn_t
constexpr NvmlResult kNvmlSuccess = 0;
constexpr NvmlResult kNvmlNotSupported = 3;
constexpr NvmlResult kNvmlInsufficientSize = 7;
constexpr NvmlResult kNvmlFunctionNotFound = 13;
constexpr NvmlResult kNvmlGpuIsLost = 15;
constexpr NvmlResult kNvmlResetRequired = 16;

// nvmlMemoryErrorType_t, nvmlEccCounterType_t, nvmlPageRetirementCause_t, nvmlClockType_t,
// nvmlTemperatureSensors_t
constexpr int kNvmlCorrected = 0;
constexpr int kNvmlUncorrected = 1;
constexpr int kNvmlVolatile = 0;   // since the driver was loaded
constexpr int kNvmlAggregate = 1;  // of the card's life
constexpr int kNvmlRetiredForSingleBit = 0;
constexpr int kNvmlRetiredForDoubleBit = 1;
constexpr int kNvmlClockSm = 1;
constexpr int kNvmlTemperatureGpu = 0;

// nvmlClocksEventReasons
constexpr unsigned long long kNvmlSwPowerCap = 0x4;
constexpr unsigned long long kNvmlHwSlowdown = 0x8;
constexpr unsigned long long kNvmlSwThermal = 0x20;
constexpr unsigned long long kNvmlHwThermal = 0x40;
constexpr unsigned long long kNvmlHwPowerBrake = 0x80;

// NVML_FI_DEV_GET_GPU_RECOVERY_ACTION
constexpr unsigned kNvmlRecoveryAction = 230;

constexpr unsigned kNvmlMostLinks = 36;  // NVML_NVLINK_MAX_LINKS

struct NvmlPci {  // nvmlPciInfo_t
  std::array<char, 16> legacy_address;
  unsigned domain;
  unsigned bus;
  unsigned device;
  unsigned device_id;  // the device's in the upper half, the vendor's in the lower
  unsigned subsystem_id;
  std::array<char, 32> address;
};

struct NvmlMemory {  // nvmlMemory_t, bytes
  unsigned long long total;
  unsigned long long free;
  unsigned long long used;
};

struct NvmlProcess {  // nvmlProcessInfo_v2_t
  unsigned pid;
  unsigned long long memory;  // bytes; all ones when it is not available
  unsigned gpu_instance;
  unsigned compute_instance;
};

struct NvmlFabric {  // nvmlGpuFabricInfo_v2_t
  unsigned version;
  std::array<unsigned char, 16> cluster;
  NvmlResult status;
  unsigned clique;
  unsigned char state;
  unsigned health_mask;
};
constexpr unsigned kNvmlFabricVersion = static_cast<unsigned>(sizeof(NvmlFabric)) | 2U << 24U;

// A part of the health mask: NVML_GPU_FABRIC_HEALTH_MASK_SHIFT_* and _WIDTH_*. 0 means: not supported.
struct NvmlHealth {
  unsigned shift;
  unsigned width;

  constexpr unsigned of(unsigned mask) const { return mask >> shift & width; }
};
constexpr NvmlHealth kNvmlDegradedBandwidth{0, 0x3};  // of this and the next three: 1 yes, 2 no
constexpr NvmlHealth kNvmlRouteRecovery{2, 0x3};
constexpr NvmlHealth kNvmlRouteUnhealthy{4, 0x3};
constexpr NvmlHealth kNvmlAccessTimeoutRecovery{6, 0x3};
constexpr NvmlHealth kNvmlIncorrectConfiguration{8, 0xf};

struct OldNvmlFabric {  // nvmlGpuFabricInfo_t
  std::array<unsigned char, 16> cluster;
  NvmlResult status;
  unsigned clique;
  unsigned char state;
};

struct NvmlField {  // nvmlFieldValue_t
  unsigned field;
  unsigned scope;
  long long time;     // microseconds since 1970
  long long latency;  // microseconds
  int type;
  NvmlResult result;
  union {
    unsigned number;
    unsigned long long all;
  } value;
};

struct Nvml {
  explicit Nvml(Library loaded) : library(std::move(loaded)) {}

  template <class... Arguments>
  using Call = Function<NvmlResult(Arguments...)>;
  template <class... Arguments>
  using OfDevice = Function<NvmlResult(NvmlDevice, Arguments...)>;

  Library library;
  Call<> init{library, "nvmlInit_v2", "nvmlInit"};
  Function<const char*(NvmlResult)> error_string{library, "nvmlErrorString"};
  Call<char*, unsigned> driver_version{library, "nvmlSystemGetDriverVersion"};
  Call<char*, unsigned> nvml_version{library, "nvmlSystemGetNVMLVersion"};
  Call<int*> cuda_version{library, "nvmlSystemGetCudaDriverVersion_v2", "nvmlSystemGetCudaDriverVersion"};
  Call<unsigned, char*, unsigned> process_name{library, "nvmlSystemGetProcessName"};
  Call<unsigned*> device_count{library, "nvmlDeviceGetCount_v2", "nvmlDeviceGetCount"};
  Call<unsigned, NvmlDevice*> device{library, "nvmlDeviceGetHandleByIndex_v2", "nvmlDeviceGetHandleByIndex"};

  OfDevice<NvmlPci*> pci{library, "nvmlDeviceGetPciInfo_v3", "nvmlDeviceGetPciInfo_v2"};
  OfDevice<char*, unsigned> name{library, "nvmlDeviceGetName"};
  OfDevice<char*, unsigned> uuid{library, "nvmlDeviceGetUUID"};
  OfDevice<unsigned*> minor{library, "nvmlDeviceGetMinorNumber"};
  OfDevice<int*, int*> compute_capability{library, "nvmlDeviceGetCudaComputeCapability"};
  OfDevice<NvmlMemory*> memory{library, "nvmlDeviceGetMemoryInfo"};
  OfDevice<unsigned*, NvmlProcess*> processes{library, "nvmlDeviceGetComputeRunningProcesses_v3",
                                              "nvmlDeviceGetComputeRunningProcesses_v2"};
  OfDevice<unsigned*, unsigned*> mig_mode{library, "nvmlDeviceGetMigMode"};
  OfDevice<unsigned*> most_mig_devices{library, "nvmlDeviceGetMaxMigDeviceCount"};
  OfDevice<unsigned, NvmlDevice*> mig_device{library, "nvmlDeviceGetMigDeviceHandleByIndex"};
  OfDevice<NvmlSwitch*, NvmlSwitch*> ecc_mode{library, "nvmlDeviceGetEccMode"};
  OfDevice<int, int, unsigned long long*> ecc_errors{library, "nvmlDeviceGetTotalEccErrors"};
  OfDevice<int, unsigned*, unsigned long long*> retired_pages{library, "nvmlDeviceGetRetiredPages"};
  OfDevice<NvmlSwitch*> retired_pages_pending{library, "nvmlDeviceGetRetiredPagesPendingStatus"};
  OfDevice<unsigned*, unsigned*, unsigned*, unsigned*> remapped_rows{library, "nvmlDeviceGetRemappedRows"};
  OfDevice<int, NvmlField*> fields{library, "nvmlDeviceGetFieldValues"};
  OfDevice<NvmlSwitch*> persistence{library, "nvmlDeviceGetPersistenceMode"};
  OfDevice<int*> compute_mode{library, "nvmlDeviceGetComputeMode"};
  OfDevice<unsigned*> power_limit{library, "nvmlDeviceGetEnforcedPowerLimit"};
  OfDevice<unsigned*> power_draw{library, "nvmlDeviceGetPowerUsage"};
  OfDevice<unsigned*> default_power_limit{library, "nvmlDeviceGetPowerManagementDefaultLimit"};
  OfDevice<int, unsigned*> clock{library, "nvmlDeviceGetClockInfo"};
  OfDevice<int, unsigned*> max_clock{library, "nvmlDeviceGetMaxClockInfo"};
  OfDevice<unsigned long long*> throttle_reasons{library, "nvmlDeviceGetCurrentClocksEventReasons",
                                                 "nvmlDeviceGetCurrentClocksThrottleReasons"};
  OfDevice<int, unsigned*> temperature{library, "nvmlDeviceGetTemperature"};
  OfDevice<unsigned*> pcie_generation{library, "nvmlDeviceGetCurrPcieLinkGeneration"};
  OfDevice<unsigned*> max_pcie_generation{library, "nvmlDeviceGetMaxPcieLinkGeneration"};
  OfDevice<unsigned*> pcie_width{library, "nvmlDeviceGetCurrPcieLinkWidth"};
  OfDevice<unsigned*> max_pcie_width{library, "nvmlDeviceGetMaxPcieLinkWidth"};
  OfDevice<unsigned, NvmlSwitch*> link_state{library, "nvmlDeviceGetNvLinkState"};
  OfDevice<unsigned, NvmlPci*> link_peer{library, "nvmlDeviceGetNvLinkRemotePciInfo_v2"};
  OfDevice<NvmlFabric*> fabric{library, "nvmlDeviceGetGpuFabricInfoV"};
  OfDevice<OldNvmlFabric*> old_fabric{library, "nvmlDeviceGetGpuFabricInfo"};
  OfDevice<NvmlDevice, int*> common_ancestor{library, "nvmlDeviceGetTopologyCommonAncestor"};
};

}  // namespace preflight::gpu
