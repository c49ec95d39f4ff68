// Our declarations against the vendor's headers, where those are installed: the compiler compares.
#include <cstddef>
#include <string>
#include <type_traits>

#include "catch.hpp"
#include "gpu/cuda.hpp"
#include "gpu/nccl.hpp"
#include "gpu/nvml.hpp"

// The vendor's headers are C: their casts and enumerations are not held to our warnings.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wold-style-cast"
#pragma GCC diagnostic ignored "-Wpedantic"
#if __has_include(<cuda.h>)
#include <cuda.h>
#define PREFLIGHT_HAS_CUDA 1
#endif
#if __has_include(<nvml.h>)
#include <nvml.h>
#define PREFLIGHT_HAS_NVML 1
#endif
#if __has_include(<cuda.h>) && __has_include(<nccl.h>)
#include <nccl.h>
#define PREFLIGHT_HAS_NCCL 1
#endif
#pragma GCC diagnostic pop
// What newer headers call deprecated is what older drivers have.
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

using namespace preflight::gpu;

namespace {

// How a vendor's type is passed: enumerations as int or unsigned, handles as pointers.
template <class Type>
struct Passed {
  static_assert(!std::is_enum_v<Type> || sizeof(Type) == sizeof(int));
  using type = std::conditional_t<std::is_enum_v<Type>, int, Type>;
};
template <class Type>
struct Passed<Type*> {
  using type = void*;
};

template <class Ours, class Theirs>
struct SameCall : std::false_type {};
template <class OurResult, class... Ours, class TheirResult, class... Theirs>
struct SameCall<Function<OurResult(Ours...)>, TheirResult(Theirs...)> {
  // Some releases of nvml.h wrap a handle in a structure, which is passed in the same way.
  template <class Our, class Their>
  static constexpr bool same_argument() {
    if constexpr (std::is_class_v<Their>) {
      return sizeof(Our) == sizeof(Their);
    } else {
      return std::is_same_v<typename Passed<Our>::type, typename Passed<Their>::type>;
    }
  }
  static constexpr bool same_arguments() {
    if constexpr (sizeof...(Ours) != sizeof...(Theirs)) {
      return false;
    } else {
      return (same_argument<Ours, Theirs>() && ...);
    }
  }
  static constexpr bool value =
      std::is_same_v<typename Passed<OurResult>::type, typename Passed<TheirResult>::type> &&
      same_arguments();
};

template <class Ours, class Theirs>
constexpr bool kSameCall = SameCall<Ours, Theirs>::value;

static_assert(kSameCall<Function<int(int, char*)>, int(int, char*)>);
static_assert(!kSameCall<Function<int(int, char*)>, int(long, char*)>);
static_assert(!kSameCall<Function<int(int)>, int(int, int)>);

#ifdef PREFLIGHT_HAS_CUDA
static_assert(sizeof(CudaUuid) == sizeof(CUuuid));
static_assert(kCudaSuccess == CUDA_SUCCESS && kCudaNotReady == CUDA_ERROR_NOT_READY);
static_assert(std::is_same_v<CudaPointer, CUdeviceptr>);
static_assert(kCudaDefaultStream == CU_STREAM_DEFAULT && kCudaDefaultEvent == CU_EVENT_DEFAULT);
static_assert(kCudaComputeMode == CU_DEVICE_ATTRIBUTE_COMPUTE_MODE);
static_assert(kCudaCapabilityMajor == CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR);
static_assert(kCudaCapabilityMinor == CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR);
static_assert(kSameCall<decltype(Cuda::init), decltype(cuInit)>);
static_assert(kSameCall<decltype(Cuda::driver_version), decltype(cuDriverGetVersion)>);
static_assert(kSameCall<decltype(Cuda::error_name), decltype(cuGetErrorName)>);
static_assert(kSameCall<decltype(Cuda::error_string), decltype(cuGetErrorString)>);
static_assert(kSameCall<decltype(Cuda::device_count), decltype(cuDeviceGetCount)>);
static_assert(kSameCall<decltype(Cuda::device), decltype(cuDeviceGet)>);
static_assert(kSameCall<decltype(Cuda::device_name), decltype(cuDeviceGetName)>);
static_assert(kSameCall<decltype(Cuda::device_address), decltype(cuDeviceGetPCIBusId)>);
static_assert(kSameCall<decltype(Cuda::device_uuid), decltype(cuDeviceGetUuid_v2)>);
static_assert(kSameCall<decltype(Cuda::device_memory), decltype(cuDeviceTotalMem_v2)>);
static_assert(kSameCall<decltype(Cuda::device_attribute), decltype(cuDeviceGetAttribute)>);
static_assert(kSameCall<decltype(Cuda::can_access_peer), decltype(cuDeviceCanAccessPeer)>);
// By the names without a version, which the header gives its newest one.
static_assert(kSameCall<decltype(CudaCompute::primary_context_retain), decltype(cuDevicePrimaryCtxRetain)>);
static_assert(kSameCall<decltype(CudaCompute::primary_context_release), decltype(cuDevicePrimaryCtxRelease)>);
static_assert(kSameCall<decltype(CudaCompute::context_set_current), decltype(cuCtxSetCurrent)>);
static_assert(kSameCall<decltype(CudaCompute::memory_info), decltype(cuMemGetInfo)>);
static_assert(kSameCall<decltype(CudaCompute::memory_allocate), decltype(cuMemAlloc)>);
static_assert(kSameCall<decltype(CudaCompute::memory_free), decltype(cuMemFree)>);
static_assert(kSameCall<decltype(CudaCompute::copy_to_device), decltype(cuMemcpyHtoD)>);
static_assert(kSameCall<decltype(CudaCompute::copy_to_host), decltype(cuMemcpyDtoH)>);
static_assert(kSameCall<decltype(CudaCompute::stream_create), decltype(cuStreamCreate)>);
static_assert(kSameCall<decltype(CudaCompute::stream_query), decltype(cuStreamQuery)>);
static_assert(kSameCall<decltype(CudaCompute::stream_synchronize), decltype(cuStreamSynchronize)>);
static_assert(kSameCall<decltype(CudaCompute::stream_destroy), decltype(cuStreamDestroy)>);
static_assert(kSameCall<decltype(CudaCompute::event_create), decltype(cuEventCreate)>);
static_assert(kSameCall<decltype(CudaCompute::event_record), decltype(cuEventRecord)>);
static_assert(kSameCall<decltype(CudaCompute::event_query), decltype(cuEventQuery)>);
static_assert(kSameCall<decltype(CudaCompute::event_synchronize), decltype(cuEventSynchronize)>);
static_assert(kSameCall<decltype(CudaCompute::event_elapsed_time), decltype(cuEventElapsedTime)>);
static_assert(kSameCall<decltype(CudaCompute::event_destroy), decltype(cuEventDestroy)>);
constexpr bool kHasCuda = true;
#else
constexpr bool kHasCuda = false;
#endif

#ifdef PREFLIGHT_HAS_NVML
static_assert(kNvmlSuccess == NVML_SUCCESS && kNvmlNotSupported == NVML_ERROR_NOT_SUPPORTED);
static_assert(kNvmlInsufficientSize == NVML_ERROR_INSUFFICIENT_SIZE);
static_assert(kNvmlFunctionNotFound == NVML_ERROR_FUNCTION_NOT_FOUND);
static_assert(kNvmlGpuIsLost == NVML_ERROR_GPU_IS_LOST && kNvmlResetRequired == NVML_ERROR_RESET_REQUIRED);
static_assert(kNvmlCorrected == NVML_MEMORY_ERROR_TYPE_CORRECTED);
static_assert(kNvmlUncorrected == NVML_MEMORY_ERROR_TYPE_UNCORRECTED);
static_assert(kNvmlVolatile == NVML_VOLATILE_ECC && kNvmlAggregate == NVML_AGGREGATE_ECC);
static_assert(kNvmlRetiredForSingleBit == NVML_PAGE_RETIREMENT_CAUSE_MULTIPLE_SINGLE_BIT_ECC_ERRORS);
static_assert(kNvmlRetiredForDoubleBit == NVML_PAGE_RETIREMENT_CAUSE_DOUBLE_BIT_ECC_ERROR);
static_assert(kNvmlClockSm == NVML_CLOCK_SM && kNvmlTemperatureGpu == NVML_TEMPERATURE_GPU);
static_assert(kNvmlSwPowerCap == nvmlClocksEventReasonSwPowerCap);
static_assert(kNvmlHwSlowdown == nvmlClocksThrottleReasonHwSlowdown);
static_assert(kNvmlSwThermal == nvmlClocksEventReasonSwThermalSlowdown);
static_assert(kNvmlHwThermal == nvmlClocksThrottleReasonHwThermalSlowdown);
static_assert(kNvmlHwPowerBrake == nvmlClocksThrottleReasonHwPowerBrakeSlowdown);
static_assert(kNvmlMostLinks >= NVML_NVLINK_MAX_LINKS);
static_assert(sizeof(NvmlPci) == sizeof(nvmlPciInfo_t));
static_assert(offsetof(NvmlPci, device_id) == offsetof(nvmlPciInfo_t, pciDeviceId));
static_assert(offsetof(NvmlPci, address) == offsetof(nvmlPciInfo_t, busId));
static_assert(sizeof(NvmlMemory) == sizeof(nvmlMemory_t));
static_assert(offsetof(NvmlMemory, used) == offsetof(nvmlMemory_t, used));
static_assert(sizeof(NvmlProcess) == sizeof(nvmlProcessInfo_v2_t));
static_assert(offsetof(NvmlProcess, memory) == offsetof(nvmlProcessInfo_v2_t, usedGpuMemory));
static_assert(kNvmlFabricVersion == nvmlGpuFabricInfo_v2);
static_assert(offsetof(NvmlFabric, status) == offsetof(nvmlGpuFabricInfo_v2_t, status));
static_assert(offsetof(NvmlFabric, state) == offsetof(nvmlGpuFabricInfo_v2_t, state));
static_assert(offsetof(NvmlFabric, health_mask) == offsetof(nvmlGpuFabricInfo_v2_t, healthMask));
static_assert(sizeof(OldNvmlFabric) == sizeof(nvmlGpuFabricInfo_t));
static_assert(offsetof(OldNvmlFabric, state) == offsetof(nvmlGpuFabricInfo_t, state));
static_assert(sizeof(NvmlField) == sizeof(nvmlFieldValue_t));
static_assert(offsetof(NvmlField, result) == offsetof(nvmlFieldValue_t, nvmlReturn));
static_assert(offsetof(NvmlField, value) == offsetof(nvmlFieldValue_t, value));
#ifdef NVML_FI_DEV_GET_GPU_RECOVERY_ACTION
static_assert(kNvmlRecoveryAction == NVML_FI_DEV_GET_GPU_RECOVERY_ACTION);
#endif
static_assert(kNvmlDegradedBandwidth.shift == NVML_GPU_FABRIC_HEALTH_MASK_SHIFT_DEGRADED_BW);
static_assert(kNvmlDegradedBandwidth.width == NVML_GPU_FABRIC_HEALTH_MASK_WIDTH_DEGRADED_BW);
#ifdef NVML_GPU_FABRIC_HEALTH_MASK_SHIFT_INCORRECT_CONFIGURATION
static_assert(kNvmlRouteRecovery.shift == NVML_GPU_FABRIC_HEALTH_MASK_SHIFT_ROUTE_RECOVERY);
static_assert(kNvmlRouteRecovery.width == NVML_GPU_FABRIC_HEALTH_MASK_WIDTH_ROUTE_RECOVERY);
static_assert(kNvmlRouteUnhealthy.shift == NVML_GPU_FABRIC_HEALTH_MASK_SHIFT_ROUTE_UNHEALTHY);
static_assert(kNvmlRouteUnhealthy.width == NVML_GPU_FABRIC_HEALTH_MASK_WIDTH_ROUTE_UNHEALTHY);
static_assert(kNvmlAccessTimeoutRecovery.shift == NVML_GPU_FABRIC_HEALTH_MASK_SHIFT_ACCESS_TIMEOUT_RECOVERY);
static_assert(kNvmlAccessTimeoutRecovery.width == NVML_GPU_FABRIC_HEALTH_MASK_WIDTH_ACCESS_TIMEOUT_RECOVERY);
static_assert(kNvmlIncorrectConfiguration.shift == NVML_GPU_FABRIC_HEALTH_MASK_SHIFT_INCORRECT_CONFIGURATION);
static_assert(kNvmlIncorrectConfiguration.width == NVML_GPU_FABRIC_HEALTH_MASK_WIDTH_INCORRECT_CONFIGURATION);
#endif
static_assert(kSameCall<decltype(Nvml::init), decltype(nvmlInit_v2)>);
static_assert(kSameCall<decltype(Nvml::error_string), decltype(nvmlErrorString)>);
static_assert(kSameCall<decltype(Nvml::driver_version), decltype(nvmlSystemGetDriverVersion)>);
static_assert(kSameCall<decltype(Nvml::nvml_version), decltype(nvmlSystemGetNVMLVersion)>);
static_assert(kSameCall<decltype(Nvml::cuda_version), decltype(nvmlSystemGetCudaDriverVersion_v2)>);
static_assert(kSameCall<decltype(Nvml::process_name), decltype(nvmlSystemGetProcessName)>);
static_assert(kSameCall<decltype(Nvml::device_count), decltype(nvmlDeviceGetCount_v2)>);
static_assert(kSameCall<decltype(Nvml::device), decltype(nvmlDeviceGetHandleByIndex_v2)>);
static_assert(kSameCall<decltype(Nvml::pci), decltype(nvmlDeviceGetPciInfo_v3)>);
static_assert(kSameCall<decltype(Nvml::name), decltype(nvmlDeviceGetName)>);
static_assert(kSameCall<decltype(Nvml::uuid), decltype(nvmlDeviceGetUUID)>);
static_assert(kSameCall<decltype(Nvml::minor), decltype(nvmlDeviceGetMinorNumber)>);
static_assert(kSameCall<decltype(Nvml::compute_capability), decltype(nvmlDeviceGetCudaComputeCapability)>);
static_assert(kSameCall<decltype(Nvml::memory), decltype(nvmlDeviceGetMemoryInfo)>);
static_assert(kSameCall<decltype(Nvml::processes), decltype(nvmlDeviceGetComputeRunningProcesses_v3)>);
static_assert(kSameCall<decltype(Nvml::mig_mode), decltype(nvmlDeviceGetMigMode)>);
static_assert(kSameCall<decltype(Nvml::most_mig_devices), decltype(nvmlDeviceGetMaxMigDeviceCount)>);
static_assert(kSameCall<decltype(Nvml::mig_device), decltype(nvmlDeviceGetMigDeviceHandleByIndex)>);
static_assert(kSameCall<decltype(Nvml::ecc_mode), decltype(nvmlDeviceGetEccMode)>);
static_assert(kSameCall<decltype(Nvml::ecc_errors), decltype(nvmlDeviceGetTotalEccErrors)>);
static_assert(kSameCall<decltype(Nvml::retired_pages), decltype(nvmlDeviceGetRetiredPages)>);
static_assert(
    kSameCall<decltype(Nvml::retired_pages_pending), decltype(nvmlDeviceGetRetiredPagesPendingStatus)>);
static_assert(kSameCall<decltype(Nvml::remapped_rows), decltype(nvmlDeviceGetRemappedRows)>);
static_assert(kSameCall<decltype(Nvml::fields), decltype(nvmlDeviceGetFieldValues)>);
static_assert(kSameCall<decltype(Nvml::power_draw), decltype(nvmlDeviceGetPowerUsage)>);
static_assert(kSameCall<decltype(Nvml::persistence), decltype(nvmlDeviceGetPersistenceMode)>);
static_assert(kSameCall<decltype(Nvml::compute_mode), decltype(nvmlDeviceGetComputeMode)>);
static_assert(kSameCall<decltype(Nvml::power_limit), decltype(nvmlDeviceGetEnforcedPowerLimit)>);
static_assert(
    kSameCall<decltype(Nvml::default_power_limit), decltype(nvmlDeviceGetPowerManagementDefaultLimit)>);
static_assert(kSameCall<decltype(Nvml::clock), decltype(nvmlDeviceGetClockInfo)>);
static_assert(kSameCall<decltype(Nvml::max_clock), decltype(nvmlDeviceGetMaxClockInfo)>);
static_assert(kSameCall<decltype(Nvml::throttle_reasons), decltype(nvmlDeviceGetCurrentClocksEventReasons)>);
static_assert(kSameCall<decltype(Nvml::temperature), decltype(nvmlDeviceGetTemperature)>);
static_assert(kSameCall<decltype(Nvml::pcie_generation), decltype(nvmlDeviceGetCurrPcieLinkGeneration)>);
static_assert(kSameCall<decltype(Nvml::max_pcie_generation), decltype(nvmlDeviceGetMaxPcieLinkGeneration)>);
static_assert(kSameCall<decltype(Nvml::pcie_width), decltype(nvmlDeviceGetCurrPcieLinkWidth)>);
static_assert(kSameCall<decltype(Nvml::max_pcie_width), decltype(nvmlDeviceGetMaxPcieLinkWidth)>);
static_assert(kSameCall<decltype(Nvml::link_state), decltype(nvmlDeviceGetNvLinkState)>);
static_assert(kSameCall<decltype(Nvml::link_peer), decltype(nvmlDeviceGetNvLinkRemotePciInfo_v2)>);
static_assert(kSameCall<decltype(Nvml::fabric), decltype(nvmlDeviceGetGpuFabricInfoV)>);
static_assert(kSameCall<decltype(Nvml::old_fabric), decltype(nvmlDeviceGetGpuFabricInfo)>);
static_assert(kSameCall<decltype(Nvml::common_ancestor), decltype(nvmlDeviceGetTopologyCommonAncestor)>);
constexpr bool kHasNvml = true;
#else
constexpr bool kHasNvml = false;
#endif

#ifdef PREFLIGHT_HAS_NCCL
static_assert(sizeof(NcclUniqueId) == sizeof(ncclUniqueId));
static_assert(kNcclSuccess == ncclSuccess && kNcclInt32 == ncclInt32 && kNcclFloat32 == ncclFloat32);
static_assert(kNcclSum == ncclSum);
static_assert(kNcclRemoteError == ncclRemoteError && kNcclInProgress == ncclInProgress);
static_assert(kSameCall<decltype(Nccl::version), decltype(ncclGetVersion)>);
static_assert(kSameCall<decltype(Nccl::unique_id), decltype(ncclGetUniqueId)>);
static_assert(kSameCall<decltype(Nccl::init_rank), decltype(ncclCommInitRank)>);
static_assert(kSameCall<decltype(Nccl::init_rank_with_config), decltype(ncclCommInitRankConfig)>);
static_assert(kSameCall<decltype(Nccl::all_reduce), decltype(ncclAllReduce)>);
static_assert(kSameCall<decltype(Nccl::destroy), decltype(ncclCommDestroy)>);
static_assert(kSameCall<decltype(Nccl::abort), decltype(ncclCommAbort)>);
static_assert(kSameCall<decltype(Nccl::asynchronous_error), decltype(ncclCommGetAsyncError)>);
static_assert(kSameCall<decltype(Nccl::error_string), decltype(ncclGetErrorString)>);
static_assert(kSameCall<decltype(Nccl::last_error), decltype(ncclGetLastError)>);
constexpr bool kHasNccl = true;
#else
constexpr bool kHasNccl = false;
#endif

}  // namespace

TEST_CASE("our declarations were held to the vendor's headers that are installed") {
  INFO("cuda.h: " << kHasCuda << ", nvml.h: " << kHasNvml << ", nccl.h: " << kHasNccl);
  SUCCEED();
}

TEST_CASE("a library that isn't there is an error, a symbol that isn't there is none") {
  const auto none = Library::load("libpreflight-none.so.1");
  REQUIRE_FALSE(none);
  CHECK(none.error().message.find("libpreflight-none.so.1") != std::string::npos);
  auto libc = Library::load("libc.so.6");
  REQUIRE(libc);
  CHECK(libc->path().find("libc.so.6") != std::string::npos);
  CHECK(Function<int(int)>(*libc, "preflight_newest", "abs")(-3) == 3);
  CHECK(std::string(Function<int(int)>(*libc, "preflight_newest", "abs").name()) == "abs");
  const Function<int(int)> missing(*libc, "preflight_newest", "preflight_older");
  CHECK_FALSE(missing);
  CHECK(std::string(missing.name()) == "preflight_newest");
  CHECK(libc->missing() == std::vector<std::string>{"preflight_newest"});
}
