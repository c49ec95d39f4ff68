// What we use of the CUDA Driver API (libcuda.so.1), in our own words; tests/gpu holds it to <cuda.h>.
#pragma once

#include <array>
#include <cstddef>
#include <utility>

#include "gpu/function.hpp"

namespace preflight::gpu {

using CudaResult = int;                  // CUresult
using CudaDevice = int;                  // CUdevice
using CudaContext = void*;               // CUcontext
using CudaPointer = unsigned long long;  // CUdeviceptr
using CudaStream = void*;                // CUstream, cudaStream_t; null: the null stream
using CudaEvent = void*;                 // CUevent

constexpr const char* kCudaLibrary = "libcuda.so.1";
constexpr CudaResult kCudaSuccess = 0;
constexpr CudaResult kCudaNotReady = 600;  // of a query: what was asked of the GPU isn't done yet

// CUdevice_attribute
constexpr int kCudaComputeMode = 20;
constexpr int kCudaCapabilityMajor = 75;
constexpr int kCudaCapabilityMinor = 76;

// CUstream_flags, CUevent_flags. A stream of the default flags waits for the null stream, where copies run.
constexpr unsigned kCudaDefaultStream = 0;
constexpr unsigned kCudaDefaultEvent = 0;

struct CudaUuid {  // CUuuid
  std::array<unsigned char, 16> bytes;
};

// What tells of the GPUs and changes nothing.
struct Cuda {
  explicit Cuda(Library loaded) : library(std::move(loaded)) {}

  Library library;
  Function<CudaResult(unsigned)> init{library, "cuInit"};
  Function<CudaResult(int*)> driver_version{library, "cuDriverGetVersion"};
  Function<CudaResult(CudaResult, const char**)> error_name{library, "cuGetErrorName"};
  Function<CudaResult(CudaResult, const char**)> error_string{library, "cuGetErrorString"};
  Function<CudaResult(int*)> device_count{library, "cuDeviceGetCount"};
  Function<CudaResult(CudaDevice*, int)> device{library, "cuDeviceGet"};
  Function<CudaResult(char*, int, CudaDevice)> device_name{library, "cuDeviceGetName"};
  Function<CudaResult(char*, int, CudaDevice)> device_address{library, "cuDeviceGetPCIBusId"};
  Function<CudaResult(CudaUuid*, CudaDevice)> device_uuid{library, "cuDeviceGetUuid_v2", "cuDeviceGetUuid"};
  Function<CudaResult(std::size_t*, CudaDevice)> device_memory{library, "cuDeviceTotalMem_v2"};
  Function<CudaResult(int*, int, CudaDevice)> device_attribute{library, "cuDeviceGetAttribute"};
  Function<CudaResult(int*, CudaDevice, CudaDevice)> can_access_peer{library, "cuDeviceCanAccessPeer"};
};

// And what computing on a GPU takes: apart, so that a program that only asks doesn't miss it on an old
// driver. From memory_info on, all act on the context that is current to the calling thread.
struct CudaCompute : Cuda {
  using Cuda::Cuda;

  Function<CudaResult(CudaContext*, CudaDevice)> primary_context_retain{library, "cuDevicePrimaryCtxRetain"};
  Function<CudaResult(CudaDevice)> primary_context_release{library, "cuDevicePrimaryCtxRelease_v2",
                                                           "cuDevicePrimaryCtxRelease"};
  Function<CudaResult(CudaContext)> context_set_current{library, "cuCtxSetCurrent"};
  Function<CudaResult(std::size_t*, std::size_t*)> memory_info{library, "cuMemGetInfo_v2"};  // free, total
  Function<CudaResult(CudaPointer*, std::size_t)> memory_allocate{library, "cuMemAlloc_v2"};
  Function<CudaResult(CudaPointer)> memory_free{library, "cuMemFree_v2"};
  Function<CudaResult(CudaPointer, const void*, std::size_t)> copy_to_device{library, "cuMemcpyHtoD_v2"};
  Function<CudaResult(void*, CudaPointer, std::size_t)> copy_to_host{library, "cuMemcpyDtoH_v2"};
  Function<CudaResult(CudaStream*, unsigned)> stream_create{library, "cuStreamCreate"};
  Function<CudaResult(CudaStream)> stream_query{library, "cuStreamQuery"};
  Function<CudaResult(CudaStream)> stream_synchronize{library, "cuStreamSynchronize"};
  Function<CudaResult(CudaStream)> stream_destroy{library, "cuStreamDestroy_v2"};
  Function<CudaResult(CudaEvent*, unsigned)> event_create{library, "cuEventCreate"};
  Function<CudaResult(CudaEvent, CudaStream)> event_record{library, "cuEventRecord"};
  Function<CudaResult(CudaEvent)> event_query{library, "cuEventQuery"};
  Function<CudaResult(CudaEvent)> event_synchronize{library, "cuEventSynchronize"};
  // Milliseconds between two events that are done.
  Function<CudaResult(float*, CudaEvent, CudaEvent)> event_elapsed_time{library, "cuEventElapsedTime_v2",
                                                                        "cuEventElapsedTime"};
  Function<CudaResult(CudaEvent)> event_destroy{library, "cuEventDestroy_v2"};
};

}  // namespace preflight::gpu
