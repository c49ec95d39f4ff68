// What an all-reduce needs of the driver, with the doubles of libcuda and libnccl in one process.
#include <array>
#include <bit>
#include <cstdlib>
#include <functional>
#include <numeric>
#include <thread>
#include <vector>

#include "catch.hpp"
#include "doubles/hidden_symbols.hpp"
#include "gpu/cuda.hpp"
#include "gpu/nccl.hpp"
#include "target/temporary_directory.hpp"

using namespace preflight::gpu;

namespace {

constexpr int kInvalidValue = 1;
constexpr int kOutOfMemory = 2;
constexpr int kNotInitialised = 3;
constexpr int kDeviceUnavailable = 46;
constexpr int kInvalidDevice = 101;
constexpr int kInvalidContext = 201;
constexpr int kInvalidHandle = 400;
constexpr int kContextIsDestroyed = 709;

// A copy of the double, with a state and a scenario of its own: the loader tells libraries apart by file.
class Driver {
 public:
  explicit Driver(const std::string& scenario = "", const std::vector<std::string>& missing = {}) {
    directory_.file("scenario", scenario);
    ::setenv("PREFLIGHT_SCENARIO", (directory_ / "scenario").c_str(), 1);
    preflight::copy_without_symbols(PREFLIGHT_CUDA_DOUBLE, directory_ / kCudaLibrary, missing);
  }
  Driver(const Driver&) = delete;
  Driver& operator=(const Driver&) = delete;
  ~Driver() { ::unsetenv("PREFLIGHT_SCENARIO"); }

  Library load() const { return Library::load(directory_ / kCudaLibrary).value(); }

 private:
  preflight::test::TemporaryDirectory directory_;
};

CudaContext enter_context(const CudaCompute& cuda, CudaDevice device = 0) {
  CudaContext context = nullptr;
  REQUIRE(cuda.init(0) == kCudaSuccess);
  REQUIRE(cuda.primary_context_retain(&context, device) == kCudaSuccess);
  REQUIRE(cuda.context_set_current(context) == kCudaSuccess);
  return context;
}

// Every function that CudaCompute adds, called as it may be without a context.
struct Call {
  const char* name;
  std::function<int(const CudaCompute&)> call;
  bool needs_context = true;
};

std::vector<Call> calls() {
  static void* handle = nullptr;
  static CudaPointer pointer = 0;
  static std::size_t size = 0;
  static float milliseconds = 0;
  return {
      {"cuDevicePrimaryCtxRetain", [](auto& cuda) { return cuda.primary_context_retain(&handle, 0); }, false},
      {"cuDevicePrimaryCtxRelease_v2", [](auto& cuda) { return cuda.primary_context_release(0); }, false},
      {"cuCtxSetCurrent", [](auto& cuda) { return cuda.context_set_current(nullptr); }, false},
      {"cuMemGetInfo_v2", [](auto& cuda) { return cuda.memory_info(&size, &size); }},
      {"cuMemAlloc_v2", [](auto& cuda) { return cuda.memory_allocate(&pointer, 1); }},
      {"cuMemFree_v2", [](auto& cuda) { return cuda.memory_free(0); }},
      {"cuMemcpyHtoD_v2", [](auto& cuda) { return cuda.copy_to_device(0, &size, 1); }},
      {"cuMemcpyDtoH_v2", [](auto& cuda) { return cuda.copy_to_host(&size, 0, 1); }},
      {"cuStreamCreate", [](auto& cuda) { return cuda.stream_create(&handle, kCudaDefaultStream); }},
      {"cuStreamQuery", [](auto& cuda) { return cuda.stream_query(nullptr); }},
      {"cuStreamSynchronize", [](auto& cuda) { return cuda.stream_synchronize(nullptr); }},
      {"cuStreamDestroy_v2", [](auto& cuda) { return cuda.stream_destroy(nullptr); }},
      {"cuEventCreate", [](auto& cuda) { return cuda.event_create(&handle, kCudaDefaultEvent); }},
      {"cuEventRecord", [](auto& cuda) { return cuda.event_record(nullptr, nullptr); }},
      {"cuEventQuery", [](auto& cuda) { return cuda.event_query(nullptr); }},
      {"cuEventSynchronize", [](auto& cuda) { return cuda.event_synchronize(nullptr); }},
      {"cuEventElapsedTime_v2",
       [](auto& cuda) { return cuda.event_elapsed_time(&milliseconds, nullptr, nullptr); }},
      {"cuEventDestroy_v2", [](auto& cuda) { return cuda.event_destroy(nullptr); }},
  };
}

}  // namespace

TEST_CASE("an all-reduce of one rank, with the doubles") {
  const Driver driver;
  const CudaCompute cuda(driver.load());
  const Nccl nccl(Library::load(PREFLIGHT_NCCL_DOUBLE).value());
  CHECK(cuda.library.missing().empty());
  enter_context(cuda);

  std::vector<float> values(100'000);
  std::iota(values.begin(), values.end(), 0.0F);
  const auto size = values.size() * sizeof(float);
  CudaPointer send = 0;
  CudaPointer receive = 0;
  std::size_t before = 0;
  std::size_t after = 0;
  std::size_t total = 0;
  REQUIRE(cuda.memory_info(&before, &total) == kCudaSuccess);
  REQUIRE(cuda.memory_allocate(&send, size) == kCudaSuccess);
  REQUIRE(cuda.memory_allocate(&receive, size) == kCudaSuccess);
  REQUIRE(cuda.memory_info(&after, &total) == kCudaSuccess);
  CHECK(before == after + 2 * size);
  REQUIRE(cuda.copy_to_device(send, values.data(), size) == kCudaSuccess);

  CudaStream stream = nullptr;
  CudaEvent start = nullptr;
  CudaEvent end = nullptr;
  REQUIRE(cuda.stream_create(&stream, kCudaDefaultStream) == kCudaSuccess);
  REQUIRE(cuda.event_create(&start, kCudaDefaultEvent) == kCudaSuccess);
  REQUIRE(cuda.event_create(&end, kCudaDefaultEvent) == kCudaSuccess);
  NcclUniqueId id{};
  NcclCommunicator communicator = nullptr;
  REQUIRE(nccl.unique_id(&id) == kNcclSuccess);
  REQUIRE(nccl.init_rank(&communicator, 1, id, 0) == kNcclSuccess);

  REQUIRE(cuda.event_record(start, stream) == kCudaSuccess);
  CHECK(nccl.all_reduce(std::bit_cast<const void*>(send), std::bit_cast<void*>(receive), values.size(),
                        kNcclFloat32, kNcclSum, communicator, stream) == kNcclSuccess);
  REQUIRE(cuda.event_record(end, stream) == kCudaSuccess);
  CHECK(cuda.stream_query(stream) == kCudaSuccess);
  CHECK(cuda.stream_synchronize(stream) == kCudaSuccess);
  CHECK(cuda.event_query(end) == kCudaSuccess);
  CHECK(cuda.event_synchronize(end) == kCudaSuccess);
  float milliseconds = -1;
  CHECK(cuda.event_elapsed_time(&milliseconds, start, end) == kCudaSuccess);
  CHECK(milliseconds >= 0);
  std::vector<float> sums(values.size());
  CHECK(cuda.copy_to_host(sums.data(), receive, size) == kCudaSuccess);
  CHECK(sums == values);

  CHECK(nccl.destroy(communicator) == kNcclSuccess);
  CHECK(cuda.event_destroy(start) == kCudaSuccess);
  CHECK(cuda.event_destroy(end) == kCudaSuccess);
  CHECK(cuda.stream_destroy(stream) == kCudaSuccess);
  CHECK(cuda.memory_free(send) == kCudaSuccess);
  CHECK(cuda.memory_free(receive) == kCudaSuccess);
  REQUIRE(cuda.memory_info(&after, &total) == kCudaSuccess);
  CHECK(before == after);
  CHECK(cuda.primary_context_release(0) == kCudaSuccess);
}

TEST_CASE("each function of the driver's double fails as its scenario says") {
  for (const auto& [name, call, needs_context] : calls()) {
    INFO(name);
    const Driver driver(std::string(name) + " error 999\n");
    CHECK(call(CudaCompute(driver.load())) == 999);
  }
}

TEST_CASE("the scenario's GPU is that of the current context") {
  const Driver driver("gpus 2\ncuMemAlloc_v2@1 error 719\n");
  const CudaCompute cuda(driver.load());
  CudaPointer pointer = 0;
  enter_context(cuda, 0);
  CHECK(cuda.memory_allocate(&pointer, 1) == kCudaSuccess);
  enter_context(cuda, 1);
  CHECK(cuda.memory_allocate(&pointer, 1) == 719);
}

TEST_CASE("what computes is missing to a program that computes, and not to one that asks") {
  std::vector<std::string> names;
  for (const auto& call : calls()) names.emplace_back(call.name);
  auto hidden = names;
  hidden.insert(hidden.end(), {"cuDevicePrimaryCtxRelease", "cuEventElapsedTime"});
  const Driver driver("", hidden);
  CHECK(CudaCompute(driver.load()).library.missing() == names);
  CHECK(Cuda(driver.load()).library.missing().empty());
}

TEST_CASE("an older driver has older versions of two functions") {
  const Driver driver("", {"cuDevicePrimaryCtxRelease_v2", "cuEventElapsedTime_v2"});
  const CudaCompute cuda(driver.load());
  CHECK(cuda.library.missing().empty());
  CHECK(std::string(cuda.event_elapsed_time.name()) == "cuEventElapsedTime");
  enter_context(cuda);
  CHECK(cuda.primary_context_release(0) == kCudaSuccess);
  CHECK(cuda.primary_context_release(0) == kInvalidContext);
}

TEST_CASE("without a context the driver's double does nothing") {
  const Driver driver;
  const CudaCompute cuda(driver.load());
  for (const auto& call : calls()) CHECK(call.call(cuda) == kNotInitialised);
  REQUIRE(cuda.init(0) == kCudaSuccess);
  for (const auto& call : calls()) {
    INFO(call.name);
    if (call.needs_context) CHECK(call.call(cuda) == kInvalidContext);
  }
}

TEST_CASE("the driver's double refuses what is wrong") {
  const Driver driver("memory.total 1000000\nmemory.used 400000\n");
  const CudaCompute cuda(driver.load());
  const auto context = enter_context(cuda);
  CudaContext other = nullptr;
  CudaPointer pointer = 0;
  std::array<char, 100> bytes{};
  CHECK(cuda.primary_context_retain(&other, 1) == kInvalidDevice);
  CHECK(cuda.primary_context_retain(&other, -1) == kInvalidDevice);
  CHECK(cuda.context_set_current(&other) == kInvalidContext);
  int of_another_thread = kCudaSuccess;
  std::thread([&] { of_another_thread = cuda.stream_query(nullptr); }).join();
  CHECK(of_another_thread == kInvalidContext);

  CHECK(cuda.memory_allocate(&pointer, 0) == kInvalidValue);
  CHECK(cuda.memory_allocate(&pointer, 600'001) == kOutOfMemory);
  REQUIRE(cuda.memory_allocate(&pointer, bytes.size()) == kCudaSuccess);
  CHECK(cuda.memory_allocate(&pointer, 600'000) == kOutOfMemory);
  CHECK(cuda.copy_to_device(pointer + 1, bytes.data(), bytes.size()) == kInvalidValue);
  CHECK(cuda.copy_to_host(bytes.data(), pointer - 1, 1) == kInvalidValue);
  CHECK(cuda.copy_to_host(bytes.data(), pointer + 1, bytes.size() - 1) == kCudaSuccess);
  CHECK(cuda.memory_free(pointer + 1) == kInvalidValue);

  CudaStream stream = nullptr;
  CHECK(cuda.stream_create(&stream, 2) == kInvalidValue);
  CHECK(cuda.stream_query(&stream) == kInvalidHandle);
  CudaEvent event = nullptr;
  float milliseconds = 0;
  REQUIRE(cuda.event_create(&event, kCudaDefaultEvent) == kCudaSuccess);
  CHECK(cuda.event_record(event, &stream) == kInvalidHandle);
  CHECK(cuda.event_elapsed_time(&milliseconds, event, event) == kInvalidHandle);

  // Retained a second time, it outlives the first release.
  REQUIRE(cuda.primary_context_retain(&other, 0) == kCudaSuccess);
  CHECK(other == context);
  CHECK(cuda.primary_context_release(0) == kCudaSuccess);
  CHECK(cuda.stream_query(nullptr) == kCudaSuccess);
  CHECK(cuda.primary_context_release(0) == kCudaSuccess);
  CHECK(cuda.stream_query(nullptr) == kContextIsDestroyed);
}

TEST_CASE("a GPU may refuse a context") {
  const auto retain = [](const std::string& scenario) {
    const Driver driver(scenario);
    const CudaCompute cuda(driver.load());
    CudaContext context = nullptr;
    REQUIRE(cuda.init(0) == kCudaSuccess);
    return cuda.primary_context_retain(&context, 0);
  };
  CHECK(retain("compute_mode 2\n") == kDeviceUnavailable);
  CHECK(retain("compute_mode 3\nprocess.pid 4711\n") == kDeviceUnavailable);
  CHECK(retain("compute_mode 3\n") == kCudaSuccess);
  CHECK(retain("process.pid 4711\n") == kCudaSuccess);
  CHECK(retain("mig 1\n") == kDeviceUnavailable);
  CHECK(retain("mig 1\nmig.devices 1\n") == kCudaSuccess);
}
