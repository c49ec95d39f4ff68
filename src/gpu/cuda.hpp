// What we use of the CUDA Driver API (libcuda.so.1), in our own words; tests/gpu holds it to <cuda.h>.
#pragma once

#include <array>
#include <cstddef>
#include <utility>

#include "gpu/function.hpp"

namespace preflight::gpu {

using CudaResult = int;  // CUresult
using CudaDevice = int;  // CUdevice

constexpr const char* kCudaLibrary = "libcuda.so.1";
constexpr CudaResult kCudaSuccess = 0;

// CUdevice_attribute
constexpr int kCudaComputeMode = 20;
constexpr int kCudaCapabilityMajor = 75;
constexpr int kCudaCapabilityMinor = 76;

struct CudaUuid {  // CUuuid
  std::array<unsigned char, 16> bytes;
};

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

}  // namespace preflight::gpu
