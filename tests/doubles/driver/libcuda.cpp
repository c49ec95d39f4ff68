// A double of libcuda.so.1: a machine of healthy H100s that share all memory, unless the scenario says
// otherwise. Settings: gpus, cuda (12020), name, memory.total, capability (90), compute_mode, address, peer
// (1: every GPU can access every other). What computes is in libcuda_compute.cpp.
#include "doubles/driver/libcuda.hpp"

#include <string>
#include <unistd.h>

#include "doubles/driver/machine.hpp"
#include "gpu/cuda.hpp"

using namespace preflight::test;
using namespace preflight::test::cuda;
using preflight::gpu::CudaUuid;

namespace {

// CUDA is of no use to a process that was forked later.
pid_t initialised_in = 0;

struct Code {
  int number;
  const char* name;
  const char* text;
};

constexpr Code kCodes[] = {
    {0, "CUDA_SUCCESS", "no error"},
    {1, "CUDA_ERROR_INVALID_VALUE", "invalid argument"},
    {2, "CUDA_ERROR_OUT_OF_MEMORY", "out of memory"},
    {3, "CUDA_ERROR_NOT_INITIALIZED", "initialization error"},
    {34, "CUDA_ERROR_STUB_LIBRARY", "CUDA driver is a stub library"},
    {46, "CUDA_ERROR_DEVICE_UNAVAILABLE", "CUDA-capable device(s) is/are busy or unavailable"},
    {100, "CUDA_ERROR_NO_DEVICE", "no CUDA-capable device is detected"},
    {101, "CUDA_ERROR_INVALID_DEVICE", "invalid device ordinal"},
    {201, "CUDA_ERROR_INVALID_CONTEXT", "invalid device context"},
    {400, "CUDA_ERROR_INVALID_HANDLE", "invalid resource handle"},
    {600, "CUDA_ERROR_NOT_READY", "device not ready"},
    {700, "CUDA_ERROR_ILLEGAL_ADDRESS", "an illegal memory access was encountered"},
    {709, "CUDA_ERROR_CONTEXT_IS_DESTROYED", "context is destroyed"},
    {719, "CUDA_ERROR_LAUNCH_FAILED", "unspecified launch failure"},
    {802, "CUDA_ERROR_SYSTEM_NOT_READY", "system not yet initialized"},
    {803, "CUDA_ERROR_SYSTEM_DRIVER_MISMATCH",
     "system has unsupported display driver / cuda driver combination"},
    {804, "CUDA_ERROR_COMPAT_NOT_SUPPORTED_ON_DEVICE",
     "forward compatibility was attempted on non supported HW"},
    {805, "CUDA_ERROR_MPS_CONNECTION_FAILED", "MPS client failed to connect to the MPS control daemon"},
    {999, "CUDA_ERROR_UNKNOWN", "unknown error"},
};

const Code* find_code(int number) {
  for (const auto& code : kCodes) {
    if (code.number == number) return &code;
  }
  return nullptr;
}

int gpu_count() {
  return static_cast<int>(Scenario::current().number("gpus", kNoGpu, 1));
}

}  // namespace

namespace preflight::test::cuda {

std::optional<int> begin(std::string_view function, std::initializer_list<Output> outputs) {
  if (const auto played = Scenario::current().play(function, kNoGpu, outputs)) return played;
  return initialised_in == ::getpid() ? std::nullopt : std::optional<int>(kNotInitialised);
}

std::optional<int> begin(std::string_view function, int device, std::initializer_list<Output> outputs) {
  if (const auto played = Scenario::current().play(function, device, outputs)) return played;
  if (initialised_in != ::getpid()) return kNotInitialised;
  if (device < 0 || device >= gpu_count()) return kInvalidDevice;
  return std::nullopt;
}

}  // namespace preflight::test::cuda

extern "C" {

int cuInit(unsigned flags) {
  if (const auto played = Scenario::current().play("cuInit", kNoGpu, {})) return *played;
  if (flags != 0) return kInvalidValue;
  if (gpu_count() == 0) return kNoDevice;
  if (initialised_in == 0) initialised_in = ::getpid();
  if (initialised_in != ::getpid()) return kNotInitialised;
  return 0;
}

int cuDriverGetVersion(int* version) {
  if (const auto played =
          Scenario::current().play("cuDriverGetVersion", kNoGpu, {{version, sizeof *version}})) {
    return *played;
  }
  *version = static_cast<int>(Scenario::current().number("cuda", kNoGpu, 12020));
  return 0;
}

int cuGetErrorName(int number, const char** name) {
  if (const auto played = Scenario::current().play("cuGetErrorName", kNoGpu, {})) return *played;
  const auto* code = find_code(number);
  *name = code == nullptr ? nullptr : code->name;
  return code == nullptr ? kInvalidValue : 0;
}

int cuGetErrorString(int number, const char** text) {
  if (const auto played = Scenario::current().play("cuGetErrorString", kNoGpu, {})) return *played;
  const auto* code = find_code(number);
  *text = code == nullptr ? nullptr : code->text;
  return code == nullptr ? kInvalidValue : 0;
}

int cuDeviceGetCount(int* count) {
  if (const auto code = begin("cuDeviceGetCount", {{count, sizeof *count}})) return *code;
  *count = gpu_count();
  return 0;
}

int cuDeviceGet(int* device, int index) {
  if (const auto code = begin("cuDeviceGet", index, {{device, sizeof *device}})) return *code;
  *device = index;
  return 0;
}

int cuDeviceGetName(char* name, int size, int device) {
  const auto bytes = static_cast<std::size_t>(size);
  if (const auto code = begin("cuDeviceGetName", device, {{name, bytes}})) return *code;
  write_text(name, bytes, Scenario::current().text("name", device, kDefaultName));
  return 0;
}

int cuDeviceGetUuid_v2(CudaUuid* uuid, int device) {
  if (const auto code = begin("cuDeviceGetUuid_v2", device, {{uuid, sizeof *uuid}})) return *code;
  uuid->bytes = uuid_of(device);
  return 0;
}

int cuDeviceGetPCIBusId(char* address, int size, int device) {
  const auto bytes = static_cast<std::size_t>(size);
  if (const auto code = begin("cuDeviceGetPCIBusId", device, {{address, bytes}})) return *code;
  write_text(address, bytes, Scenario::current().text("address", device, address_of(device)));
  return 0;
}

int cuDeviceTotalMem_v2(std::size_t* memory, int device) {
  if (const auto code = begin("cuDeviceTotalMem_v2", device, {{memory, sizeof *memory}})) return *code;
  *memory = static_cast<std::size_t>(Scenario::current().number("memory.total", device, kDefaultMemory));
  return 0;
}

int cuDeviceGetAttribute(int* value, int attribute, int device) {
  if (const auto code = begin("cuDeviceGetAttribute", device, {{value, sizeof *value}})) return *code;
  const auto capability = Scenario::current().number("capability", device, kDefaultCapability);
  switch (attribute) {
    case preflight::gpu::kCudaCapabilityMajor:
      *value = static_cast<int>(capability / 10);
      return 0;
    case preflight::gpu::kCudaCapabilityMinor:
      *value = static_cast<int>(capability % 10);
      return 0;
    case preflight::gpu::kCudaComputeMode:
      *value = static_cast<int>(Scenario::current().number("compute_mode", device, 0));
      return 0;
    default:
      return kInvalidValue;
  }
}

int cuDeviceCanAccessPeer(int* access, int from, int to) {
  if (const auto code = begin("cuDeviceCanAccessPeer", from, {{access, sizeof *access}})) return *code;
  *access = from != to && Scenario::current().number("peer", from, 1) != 0 ? 1 : 0;
  return 0;
}
}
