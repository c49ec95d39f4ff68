// What an all-reduce needs of NCCL (libnccl.so.2), in our own words; tests/gpu holds it to <nccl.h> where
// that is installed.
#pragma once

#include <array>
#include <cstddef>
#include <utility>

#include "gpu/cuda.hpp"
#include "gpu/function.hpp"

namespace preflight::gpu {

using NcclResult = int;          // ncclResult_t
using NcclCommunicator = void*;  // ncclComm_t

constexpr const char* kNcclLibrary = "libnccl.so.2";

// ncclResult_t
constexpr NcclResult kNcclSuccess = 0;
constexpr NcclResult kNcclRemoteError = 6;
constexpr NcclResult kNcclInProgress = 7;

// ncclDataType_t, ncclRedOp_t
constexpr int kNcclInt32 = 2;
constexpr int kNcclFloat32 = 7;
constexpr int kNcclSum = 0;

struct NcclUniqueId {  // ncclUniqueId
  std::array<unsigned char, 128> bytes;
};

struct Nccl {
  explicit Nccl(Library loaded) : library(std::move(loaded)) {}

  Library library;
  Function<NcclResult(int*)> version{library, "ncclGetVersion"};
  Function<NcclResult(NcclUniqueId*)> unique_id{library, "ncclGetUniqueId"};
  Function<NcclResult(NcclCommunicator*, int, NcclUniqueId, int)> init_rank{library, "ncclCommInitRank"};
  // The last argument is an ncclConfig_t, whose layout is the version's own.
  Function<NcclResult(NcclCommunicator*, int, NcclUniqueId, int, void*)> init_rank_with_config{
      library, "ncclCommInitRankConfig"};
  Function<NcclResult(const void*, void*, std::size_t, int, int, NcclCommunicator, CudaStream)> all_reduce{
      library, "ncclAllReduce"};
  Function<NcclResult(NcclCommunicator)> destroy{library, "ncclCommDestroy"};
  Function<NcclResult(NcclCommunicator)> abort{library, "ncclCommAbort"};
  Function<NcclResult(NcclCommunicator, NcclResult*)> asynchronous_error{library, "ncclCommGetAsyncError"};
  Function<const char*(NcclResult)> error_string{library, "ncclGetErrorString"};
  Function<const char*(NcclCommunicator)> last_error{library, "ncclGetLastError"};
};

}  // namespace preflight::gpu
