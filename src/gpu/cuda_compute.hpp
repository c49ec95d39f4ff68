// The part of the CUDA Driver API that makes a GPU work, in our own words; tests/gpu holds it to <cuda.h>.
#pragma once

#include "gpu/cuda.hpp"

namespace preflight::gpu {

using CudaPointer = unsigned long long;  // CUdeviceptr
using CudaContext = void*;               // CUcontext
using CudaStream = void*;                // CUstream, cudaStream_t
using CudaEvent = void*;                 // CUevent

constexpr CudaResult kCudaNotReady = 600;       // CUDA_ERROR_NOT_READY
constexpr unsigned kCudaStreamNonBlocking = 1;  // CU_STREAM_NON_BLOCKING

// As the vendors' other libraries take it.
inline void* memory(CudaPointer pointer) {
  return reinterpret_cast<void*>(pointer);
}

// `library` must outlive its making only.
struct CudaCompute {
  explicit CudaCompute(Library& library)
      : primary_context_retain(library, "cuDevicePrimaryCtxRetain"),
        primary_context_release(library, "cuDevicePrimaryCtxRelease_v2", "cuDevicePrimaryCtxRelease"),
        set_current_context(library, "cuCtxSetCurrent"),
        allocate(library, "cuMemAlloc_v2"),
        free(library, "cuMemFree_v2"),
        copy_to_device(library, "cuMemcpyHtoD_v2"),
        copy_to_host(library, "cuMemcpyDtoH_v2"),
        stream_create(library, "cuStreamCreate"),
        stream_query(library, "cuStreamQuery"),
        stream_destroy(library, "cuStreamDestroy_v2"),
        event_create(library, "cuEventCreate"),
        event_record(library, "cuEventRecord"),
        event_elapsed(library, "cuEventElapsedTime"),
        event_destroy(library, "cuEventDestroy_v2") {}

  Function<CudaResult(CudaContext*, CudaDevice)> primary_context_retain;
  Function<CudaResult(CudaDevice)> primary_context_release;
  Function<CudaResult(CudaContext)> set_current_context;
  Function<CudaResult(CudaPointer*, std::size_t)> allocate;
  Function<CudaResult(CudaPointer)> free;
  Function<CudaResult(CudaPointer, const void*, std::size_t)> copy_to_device;
  Function<CudaResult(void*, CudaPointer, std::size_t)> copy_to_host;
  Function<CudaResult(CudaStream*, unsigned)> stream_create;
  Function<CudaResult(CudaStream)> stream_query;
  Function<CudaResult(CudaStream)> stream_destroy;
  Function<CudaResult(CudaEvent*, unsigned)> event_create;
  Function<CudaResult(CudaEvent, CudaStream)> event_record;
  Function<CudaResult(float*, CudaEvent, CudaEvent)> event_elapsed;
  Function<CudaResult(CudaEvent)> event_destroy;
};

}  // namespace preflight::gpu
