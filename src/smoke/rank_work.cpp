#include "smoke/rank_work.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <thread>
#include <utility>

#include "gpu/nccl.hpp"
#include "gpu/text.hpp"
#include "smoke/clock.hpp"
#include "smoke/driver_session.hpp"
#include "smoke/pattern.hpp"
#include "support/hexadecimal.hpp"
#include "support/json.hpp"

namespace preflight::smoke {

namespace {

constexpr int kWarmUp = 2;  // all-reduces before those that are timed
constexpr std::chrono::microseconds kPollStep{50};

// NCCL says that it is another rank that is gone.
struct LostAnother : Failed {
  using Failed::Failed;
};

void answer(WorkerReport& report, const nlohmann::json& part) {
  report.part(json_line(part));
}

void answer_failure(WorkerReport& report, const Failed& failure) {
  nlohmann::json part{{"failed", failure.what()}};
  if (failure.init != 0) part["cuInit"] = failure.init;
  answer(report, part);
}

std::string name_of(Stage stage) {
  return std::string(stage_name(stage));
}

// "36"; what isn't whole as short as it can be read back: "0.5", "-2.8735182e-16", "nan".
std::string number_text(float number) {
  constexpr float kExactBelow = 1 << 24;
  if (std::trunc(number) == number && std::abs(number) < kExactBelow) {
    return std::to_string(static_cast<int>(number));
  }
  std::array<char, 32> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
  return {text.data(), end};
}

// As NCCL takes it.
void* memory(gpu::CudaPointer pointer) {
  return std::bit_cast<void*>(pointer);
}

// One all-reduce of its own memory.
struct Reduction {
  std::size_t size = 0;  // bytes
  gpu::CudaPointer input = 0;
  gpu::CudaPointer sum = 0;

  std::size_t count() const { return size / sizeof(float); }
};

class Work {
 public:
  Work(const RankWork& plan, WorkerReport& report)
      : plan_(plan), report_(report), driver_(report), nccl_(load_library(report, plan.nccl)) {}

  void run() {
    prepare();
    while (obey(nlohmann::json::parse(report_.receive()))) {
    }
  }

 private:
  template <class Called, class... Arguments>
  void call(const Called& function, Arguments&&... arguments) {
    need(function, nccl_.library);
    report_.stage(function.name());
    check(function.name(), function(std::forward<Arguments>(arguments)...));
  }

  void check(const char* function, gpu::NcclResult code) const {
    if (code == gpu::kNcclSuccess) return;
    std::string text = std::string(function) + " returned " + std::to_string(code);
    if (nccl_.error_string) text += std::string(" (") + nccl_.error_string(code) + ")";
    const char* last = nccl_.last_error ? nccl_.last_error(communicator_) : nullptr;
    if (last != nullptr && *last != '\0') text += ": " + std::string(last);
    if (code == gpu::kNcclRemoteError) throw LostAnother(text);
    throw Failed(text);
  }

  void prepare();
  bool obey(const nlohmann::json& step);
  void join(const nlohmann::json& step);
  void prepare_reductions();
  void wait(const char* what);
  void reduce(const Reduction& reduction);
  nlohmann::json verify();
  nlohmann::json measure();
  void leave();

  const RankWork& plan_;
  WorkerReport& report_;
  DriverSession driver_;
  gpu::Nccl nccl_;
  gpu::CudaDevice device_ = 0;
  gpu::CudaStream stream_ = nullptr;
  std::vector<Reduction> reductions_;
  gpu::NcclCommunicator communicator_ = nullptr;
  int rank_ = 0;
  int count_ = 1;
};

void Work::prepare() {
  int version = 0;
  call(nccl_.version, &version);
  for (const auto* function : {"ncclGetUniqueId", "ncclCommInitRank", "ncclAllReduce"}) {
    if (nccl_.library.find(function) == nullptr) throw Failed(nccl_.library.path() + " has no " + function);
  }
  nlohmann::json facts{{"nccl.library", nccl_.library.path()},
                       {"cuda_driver.library", driver_.cuda().library.path()}};
  if (version > 0) facts["nccl.version"] = gpu::nccl_version_text(version);
  answer(report_, {{"done", name_of(Stage::load)}, {"facts", facts}});
  const int gpus = driver_.initialise();
  const auto& cuda = driver_.cuda();
  int cuda_version = 0;
  driver_.call(cuda.driver_version, &cuda_version);
  driver_.call(cuda.device, &device_, plan_.device % gpus);
  std::array<char, 256> name{};
  driver_.call(cuda.device_name, name.data(), static_cast<int>(name.size()), device_);
  std::array<char, 64> address{};
  driver_.call(cuda.device_address, address.data(), static_cast<int>(address.size()), device_);
  gpu::CudaUuid uuid{};
  driver_.call(cuda.device_uuid, &uuid, device_);
  answer(report_, {{"done", name_of(Stage::init)},
                   {"facts",
                    {{"cuda_driver.version", gpu::cuda_version_text(cuda_version)},
                     {"gpu.name", gpu::text_in(name)},
                     {"gpu.address", gpu::text_in(address)},
                     {"gpu.uuid", gpu::uuid_text(uuid.bytes)}}}});
  gpu::CudaContext context = nullptr;
  driver_.call(driver_.cuda().primary_context_retain, &context, device_);
  driver_.call(driver_.cuda().context_set_current, context);
  driver_.call(driver_.cuda().stream_create, &stream_, gpu::kCudaDefaultStream);
  prepare_reductions();
  answer(report_, {{"done", name_of(Stage::context)}, {"facts", nlohmann::json::object()}});
}

// All memory that the test takes, so that a full GPU shows here.
void Work::prepare_reductions() {
  auto sizes = plan_.sizes;
  if (plan_.iterations > 0) sizes.push_back(plan_.bandwidth_size);
  for (const auto size : sizes) {
    Reduction reduction{size};
    driver_.call(driver_.cuda().memory_allocate, &reduction.input, size);
    driver_.call(driver_.cuda().memory_allocate, &reduction.sum, size);
    reductions_.push_back(reduction);
  }
}

bool Work::obey(const nlohmann::json& step) {
  const auto what = step.at("step").get<std::string>();
  if (what == "identifier") {
    gpu::NcclUniqueId id{};
    call(nccl_.unique_id, &id);
    answer(report_, {{"id", to_hexadecimal(id.bytes)}});
    return true;
  }
  nlohmann::json done{{"done", what}};
  if (what == stage_name(Stage::communicator)) {
    join(step);
  } else if (what == stage_name(Stage::all_reduce)) {
    for (std::size_t index = 0; index < plan_.sizes.size(); ++index) reduce(reductions_[index]);
  } else if (what == stage_name(Stage::verify)) {
    done["wrong"] = verify();
  } else if (what == stage_name(Stage::bandwidth)) {
    done["nanoseconds"] = measure();
  } else {
    leave();
  }
  answer(report_, done);
  return what != stage_name(Stage::teardown);
}

void Work::join(const nlohmann::json& step) {
  gpu::NcclUniqueId id{};
  const auto bytes = from_hexadecimal(step.at("id").get<std::string>());
  if (bytes.size() != id.bytes.size()) throw Failed("the communicator's id is malformed");
  std::ranges::copy(bytes, id.bytes.begin());
  rank_ = step.at("rank").get<int>();
  count_ = step.at("count").get<int>();
  call(nccl_.init_rank, &communicator_, count_, id, rank_);
}

// Waits for the GPU. NCCL's kernel never ends when another rank is gone; NCCL notices that in a thread of
// its own, and says so when it is asked.
void Work::wait(const char* what) {
  need(driver_.cuda().stream_query, driver_.cuda().library);
  report_.stage(what);
  for (;;) {
    const auto code = driver_.cuda().stream_query(stream_);
    if (code == gpu::kCudaSuccess) return;
    if (code != gpu::kCudaNotReady)
      throw Failed(std::string(what) + ": the GPU says " + driver_.text_of(code));
    gpu::NcclResult state = gpu::kNcclSuccess;
    if (nccl_.asynchronous_error) {
      check("ncclCommGetAsyncError", nccl_.asynchronous_error(communicator_, &state));
      if (state != gpu::kNcclInProgress) check(what, state);
    }
    std::this_thread::sleep_for(kPollStep);
  }
}

void Work::reduce(const Reduction& reduction) {
  const auto input = pattern(rank_, reduction.count());
  driver_.call(driver_.cuda().copy_to_device, reduction.input, input.data(), reduction.size);
  // What a transport that does nothing would leave is no sum.
  const std::vector<float> nothing(reduction.count(), -1);
  driver_.call(driver_.cuda().copy_to_device, reduction.sum, nothing.data(), reduction.size);
  call(nccl_.all_reduce, memory(reduction.input), memory(reduction.sum), reduction.count(), gpu::kNcclFloat32,
       gpu::kNcclSum, communicator_, stream_);
  const auto what = "the all-reduce of " + std::to_string(reduction.size) + " bytes";
  wait(what.c_str());
}

nlohmann::json Work::verify() {
  auto wrong = nlohmann::json::array();
  for (std::size_t index = 0; index < plan_.sizes.size(); ++index) {
    const auto& reduction = reductions_[index];
    std::vector<float> sum(reduction.count());
    driver_.call(driver_.cuda().copy_to_host, sum.data(), reduction.sum, reduction.size);
    const auto found = find_wrong(sum, count_);
    if (!found) continue;
    wrong.push_back({{"size", reduction.size},
                     {"index", found->index},
                     {"expected", number_text(found->expected)},
                     {"found", number_text(found->found)},
                     {"count", found->count}});
  }
  return wrong;
}

// The time of one all-reduce.
nlohmann::json Work::measure() {
  const auto& cuda = driver_.cuda();
  const auto& reduction = reductions_.back();
  const auto reduce_again = [&](int times) {
    for (int time = 0; time < times; ++time) {
      call(nccl_.all_reduce, memory(reduction.input), memory(reduction.sum), reduction.count(),
           gpu::kNcclFloat32, gpu::kNcclSum, communicator_, stream_);
    }
  };
  const std::vector<float> zeros(reduction.count());
  driver_.call(cuda.copy_to_device, reduction.input, zeros.data(), reduction.size);
  reduce_again(kWarmUp);
  wait("warming up");
  gpu::CudaEvent begin = nullptr;
  gpu::CudaEvent end = nullptr;
  driver_.call(cuda.event_create, &begin, gpu::kCudaDefaultEvent);
  driver_.call(cuda.event_create, &end, gpu::kCudaDefaultEvent);
  driver_.call(cuda.event_record, begin, stream_);
  reduce_again(plan_.iterations);
  driver_.call(cuda.event_record, end, stream_);
  wait("the timed all-reduces");
  float milliseconds = 0;
  driver_.call(cuda.event_elapsed_time, &milliseconds, begin, end);
  driver_.call(cuda.event_destroy, begin);
  driver_.call(cuda.event_destroy, end);
  if (!std::isfinite(milliseconds) || milliseconds < 0) {
    throw Failed(std::string(cuda.event_elapsed_time.name()) + " gave " + number_text(milliseconds) + " ms");
  }
  return static_cast<long long>(static_cast<double>(milliseconds) * 1e6 / plan_.iterations);
}

void Work::leave() {
  // It is gone whatever the call returns, and must not be asked for its last error.
  call(nccl_.destroy, std::exchange(communicator_, nullptr));
  for (const auto& reduction : reductions_) {
    driver_.call(driver_.cuda().memory_free, reduction.input);
    driver_.call(driver_.cuda().memory_free, reduction.sum);
  }
  driver_.call(driver_.cuda().stream_destroy, stream_);
  driver_.call(driver_.cuda().primary_context_release, device_);
}

}  // namespace

void work(const RankWork& plan, WorkerReport& report) {
  for (const auto& [name, value] : plan.variables) ::setenv(name.c_str(), value.c_str(), 1);
  // A choice of the user's would leave lines out that are read here.
  ::unsetenv("NCCL_DEBUG_SUBSYS");
  try {
    Work(plan, report).run();
  } catch (const LostAnother& failure) {
    answer(report, {{"lost another", failure.what()}});
  } catch (const Failed& failure) {
    answer_failure(report, failure);
  }
}

void count_gpus(WorkerReport& report) {
  try {
    DriverSession driver(report);
    answer(report, {{"done", name_of(Stage::load)}});
    const int gpus = driver.initialise();
    answer(report, {{"done", name_of(Stage::init)}, {"gpus", gpus}});
  } catch (const Failed& failure) {
    answer_failure(report, failure);
  }
}

std::string make_identifier_text() {
  return nlohmann::json{{"step", "identifier"}}.dump();
}

std::string join_text(const std::string& identifier, int rank, int count) {
  return nlohmann::json{
      {"step", stage_name(Stage::communicator)}, {"id", identifier}, {"rank", rank}, {"count", count}}
      .dump();
}

std::string step_text(Stage stage) {
  return nlohmann::json{{"step", stage_name(stage)}}.dump();
}

}  // namespace preflight::smoke
