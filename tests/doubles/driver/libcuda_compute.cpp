// The part of the double of libcuda.so.1 that computes: the memory of its GPUs is the host's, streams run at
// once and events take the clock. Not for calls of two threads at once. Settings: memory.total and
// memory.used, which bound what can be allocated; compute_mode, process.pid (another process is on the GPU),
// mig and mig.devices, for which a context may be refused. `cuStreamQuery error 600`: what runs in streams
// never ends.
#include <algorithm>
#include <chrono>
#include <cstring>
#include <list>
#include <map>
#include <memory>
#include <new>

#include "doubles/driver/libcuda.hpp"
#include "doubles/driver/machine.hpp"
#include "gpu/cuda.hpp"

using namespace preflight::test;
using namespace preflight::test::cuda;
using preflight::gpu::CudaContext;
using preflight::gpu::CudaEvent;
using preflight::gpu::CudaPointer;
using preflight::gpu::CudaStream;

namespace {

constexpr int kProhibited = 2;
constexpr int kExclusiveProcess = 3;
constexpr unsigned kEveryStreamFlag = 1;
constexpr unsigned kEveryEventFlag = 7;
constexpr unsigned kEventDisableTiming = 2;

using Clock = std::chrono::steady_clock;

struct Block {
  std::unique_ptr<char[]> bytes;
  std::size_t size = 0;
};

struct Stream {};

struct Event {
  unsigned flags = 0;
  std::optional<Clock::time_point> recorded;
};

struct Context {
  int device = 0;
  int retained = 1;
  std::map<CudaPointer, Block> memory;
  std::list<Stream> streams;
  std::list<Event> events;
};

// The primary contexts. A handle of a context, a stream or an event is its address.
std::list<Context> contexts;
thread_local CudaContext current = nullptr;

template <class Item>
Item* find_item(std::list<Item>& items, const void* handle) {
  const auto found =
      std::find_if(items.begin(), items.end(), [&](const Item& item) { return &item == handle; });
  return found == items.end() ? nullptr : &*found;
}

Context* find_primary(int device) {
  const auto found = std::find_if(contexts.begin(), contexts.end(),
                                  [&](const Context& context) { return context.device == device; });
  return found == contexts.end() ? nullptr : &*found;
}

Context& here() {
  return *find_item(contexts, current);
}

// What every function does first that acts on the current context. After nothing was returned, here() is it.
std::optional<int> enter(std::string_view function, std::initializer_list<Output> outputs) {
  const auto* const context = find_item(contexts, current);
  if (context != nullptr) return begin(function, context->device, outputs);
  if (const auto code = begin(function, outputs)) return code;
  return current == nullptr ? kInvalidContext : kContextIsDestroyed;
}

bool is_available(int device) {
  const auto setting = [device](std::string_view name) {
    return Scenario::current().number(name, device, 0);
  };
  const auto mode = setting("compute_mode");
  const bool is_taken = mode == kExclusiveProcess && setting("process.pid") != 0;
  const bool is_empty_mig = setting("mig") != 0 && setting("mig.devices") == 0;
  return mode != kProhibited && !is_taken && !is_empty_mig;
}

std::size_t total_memory() {
  return static_cast<std::size_t>(Scenario::current().number("memory.total", here().device, kDefaultMemory));
}

std::size_t free_memory() {
  auto used =
      static_cast<std::size_t>(Scenario::current().number("memory.used", here().device, kDefaultMemoryUsed));
  for (const auto& [pointer, block] : here().memory) used += block.size;
  return total_memory() - std::min(used, total_memory());
}

// Where a range of the GPU's memory is; a null pointer when it isn't allocated to the end.
char* bytes_at(CudaPointer pointer, std::size_t size) {
  const auto after = here().memory.upper_bound(pointer);
  if (after == here().memory.begin()) return nullptr;
  const auto& [start, block] = *std::prev(after);
  const auto offset = static_cast<std::size_t>(pointer - start);
  const bool is_inside = offset <= block.size && size <= block.size - offset;
  return is_inside ? block.bytes.get() + offset : nullptr;
}

bool is_stream(CudaStream stream) {
  return stream == nullptr || find_item(here().streams, stream) != nullptr;
}

int use_stream(std::string_view function, CudaStream stream) {
  if (const auto code = enter(function, {})) return *code;
  return is_stream(stream) ? 0 : kInvalidHandle;
}

int use_event(std::string_view function, CudaEvent event) {
  if (const auto code = enter(function, {})) return *code;
  return find_item(here().events, event) != nullptr ? 0 : kInvalidHandle;
}

template <class Item>
void remove_item(std::list<Item>& items, const void* handle) {
  items.remove_if([&](const Item& item) { return &item == handle; });
}

int release(std::string_view function, int device) {
  if (const auto code = begin(function, device, {})) return *code;
  auto* const context = find_primary(device);
  if (context == nullptr) return kInvalidContext;
  if (--context->retained == 0) remove_item(contexts, context);
  return 0;
}

int elapsed_time(std::string_view function, float* milliseconds, CudaEvent start, CudaEvent end) {
  if (const auto code = enter(function, {{milliseconds, sizeof *milliseconds}})) return *code;
  const auto* const first = find_item(here().events, start);
  const auto* const last = find_item(here().events, end);
  for (const auto* const event : {first, last}) {
    if (event == nullptr || !event->recorded || (event->flags & kEventDisableTiming) != 0) {
      return kInvalidHandle;
    }
  }
  *milliseconds = std::chrono::duration<float, std::milli>(*last->recorded - *first->recorded).count();
  return 0;
}

}  // namespace

extern "C" {

int cuDevicePrimaryCtxRetain(CudaContext* context, int device) {
  if (const auto code = begin("cuDevicePrimaryCtxRetain", device, {{context, sizeof *context}})) return *code;
  auto* primary = find_primary(device);
  if (primary == nullptr && !is_available(device)) return kDeviceUnavailable;
  if (primary == nullptr) {
    primary = &contexts.emplace_back();
    primary->device = device;
  } else {
    ++primary->retained;
  }
  *context = primary;
  return 0;
}

int cuDevicePrimaryCtxRelease(int device) {
  return release("cuDevicePrimaryCtxRelease", device);
}

int cuDevicePrimaryCtxRelease_v2(int device) {
  return release("cuDevicePrimaryCtxRelease_v2", device);
}

// The scenario's GPU is that of the new context.
int cuCtxSetCurrent(CudaContext context) {
  const auto* const found = find_item(contexts, context);
  const auto code =
      found == nullptr ? begin("cuCtxSetCurrent", {}) : begin("cuCtxSetCurrent", found->device, {});
  if (code) return *code;
  if (context != nullptr && found == nullptr) return kInvalidContext;
  current = context;
  return 0;
}

int cuMemGetInfo_v2(std::size_t* free, std::size_t* total) {
  if (const auto code = enter("cuMemGetInfo_v2", {{free, sizeof *free}, {total, sizeof *total}}))
    return *code;
  *free = free_memory();
  *total = total_memory();
  return 0;
}

int cuMemAlloc_v2(CudaPointer* pointer, std::size_t size) {
  if (const auto code = enter("cuMemAlloc_v2", {{pointer, sizeof *pointer}})) return *code;
  if (size == 0) return kInvalidValue;
  if (size > free_memory()) return kOutOfMemory;
  auto bytes = std::unique_ptr<char[]>(new (std::nothrow) char[size]);
  if (bytes == nullptr) return kOutOfMemory;
  *pointer = reinterpret_cast<CudaPointer>(bytes.get());
  here().memory[*pointer] = {std::move(bytes), size};
  return 0;
}

int cuMemFree_v2(CudaPointer pointer) {
  if (const auto code = enter("cuMemFree_v2", {})) return *code;
  return here().memory.erase(pointer) == 1 ? 0 : kInvalidValue;
}

int cuMemcpyHtoD_v2(CudaPointer to, const void* from, std::size_t size) {
  if (const auto code = enter("cuMemcpyHtoD_v2", {})) return *code;
  auto* const bytes = bytes_at(to, size);
  if (bytes == nullptr || from == nullptr) return kInvalidValue;
  std::memcpy(bytes, from, size);
  return 0;
}

int cuMemcpyDtoH_v2(void* to, CudaPointer from, std::size_t size) {
  if (const auto code = enter("cuMemcpyDtoH_v2", {{to, size}})) return *code;
  const auto* const bytes = bytes_at(from, size);
  if (bytes == nullptr || to == nullptr) return kInvalidValue;
  std::memcpy(to, bytes, size);
  return 0;
}

int cuStreamCreate(CudaStream* stream, unsigned flags) {
  if (const auto code = enter("cuStreamCreate", {{stream, sizeof *stream}})) return *code;
  if ((flags & ~kEveryStreamFlag) != 0) return kInvalidValue;
  *stream = &here().streams.emplace_back();
  return 0;
}

int cuStreamQuery(CudaStream stream) {
  return use_stream("cuStreamQuery", stream);
}

int cuStreamSynchronize(CudaStream stream) {
  return use_stream("cuStreamSynchronize", stream);
}

int cuStreamDestroy_v2(CudaStream stream) {
  if (const int code = use_stream("cuStreamDestroy_v2", stream); code != 0) return code;
  if (stream == nullptr) return kInvalidHandle;
  remove_item(here().streams, stream);
  return 0;
}

int cuEventCreate(CudaEvent* event, unsigned flags) {
  if (const auto code = enter("cuEventCreate", {{event, sizeof *event}})) return *code;
  if ((flags & ~kEveryEventFlag) != 0) return kInvalidValue;
  *event = &here().events.emplace_back(Event{flags, std::nullopt});
  return 0;
}

int cuEventRecord(CudaEvent event, CudaStream stream) {
  if (const int code = use_event("cuEventRecord", event); code != 0) return code;
  if (!is_stream(stream)) return kInvalidHandle;
  find_item(here().events, event)->recorded = Clock::now();
  return 0;
}

int cuEventQuery(CudaEvent event) {
  return use_event("cuEventQuery", event);
}

int cuEventSynchronize(CudaEvent event) {
  return use_event("cuEventSynchronize", event);
}

int cuEventElapsedTime(float* milliseconds, CudaEvent start, CudaEvent end) {
  return elapsed_time("cuEventElapsedTime", milliseconds, start, end);
}

int cuEventElapsedTime_v2(float* milliseconds, CudaEvent start, CudaEvent end) {
  return elapsed_time("cuEventElapsedTime_v2", milliseconds, start, end);
}

int cuEventDestroy_v2(CudaEvent event) {
  if (const int code = use_event("cuEventDestroy_v2", event); code != 0) return code;
  remove_item(here().events, event);
  return 0;
}
}
