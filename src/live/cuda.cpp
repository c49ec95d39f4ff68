// The CUDA Driver API: whether it initialises, and which GPUs a CUDA program sees.
#include "live/cuda.hpp"

#include <algorithm>
#include <vector>

#include "gpu/cuda.hpp"
#include "gpu/text.hpp"
#include "live/answer.hpp"
#include "live/parts.hpp"

namespace preflight::live {

namespace {

using facts::SubjectWriter;

constexpr int kMostGpus = 1024;

struct Gpu {
  gpu::CudaDevice device = 0;
  std::string address;
};

class Session {
 public:
  Session(gpu::Library library, WorkerReport& report)
      : cuda_(std::move(library)), report_(report), writer_(document_) {}

  void run();

 private:
  template <class Called, class... Arguments>
  Answer call(std::string_view subject, const Called& function, Arguments&&... arguments) {
    return ask(report_, subject, function, std::forward<Arguments>(arguments)...);
  }
  std::string name_of(int code);
  std::string text_of(int code);
  std::string problem_of(const Answer& answer);
  void record(SubjectWriter& subject, std::string_view path, const Answer& answer, facts::Value value);
  bool initialise();
  void read_gpus();
  void read_gpu(int index, const Gpu& gpu);
  void read_peers();

  gpu::Cuda cuda_;
  WorkerReport& report_;
  facts::Document document_;
  facts::FactWriter writer_;
  std::vector<Gpu> gpus_;
  std::vector<std::string> unreachable_;
  std::string unable_;  // why GPUs can't be opened: the library lacks a function
};

// Empty when the library knows no such code.
std::string Session::name_of(int code) {
  const char* text = nullptr;
  const auto answer = call("", cuda_.error_name, code, &text);
  return answer.is_success() && text != nullptr ? text : "";
}

std::string Session::text_of(int code) {
  const char* text = nullptr;
  const auto answer = call("", cuda_.error_string, code, &text);
  return answer.is_success() && text != nullptr ? text : "";
}

std::string Session::problem_of(const Answer& answer) {
  const auto name = name_of(*answer.code);
  return std::string(answer.function) + " returned " + std::to_string(*answer.code) +
         (name.empty() ? "" : " (" + name + ")");
}

void Session::record(SubjectWriter& subject, std::string_view path, const Answer& answer,
                     facts::Value value) {
  const std::string source = std::string("CUDA: ") + answer.function;
  if (!answer.code) {
    subject.unknown(path, {std::string("this libcuda.so.1 has no ") + answer.function}, source);
  } else if (answer.is_success()) {
    subject.set(path, std::move(value), source);
  } else {
    subject.unknown(path, {problem_of(answer), facts::Gap::unreadable}, source);
  }
}

bool Session::initialise() {
  auto& host = writer_.host();
  host.set("cuda_driver.library", cuda_.library.path(), "dlopen");
  host.set("cuda_driver.missing_functions", facts::string_list(cuda_.library.missing()), "dlsym");
  int version = 0;
  const auto versioned = call("", cuda_.driver_version, &version);
  record(host, "cuda_driver.version", versioned, gpu::cuda_version_text(version));
  send(report_, document_);
  const auto answer = call("", cuda_.init, 0U);
  if (!answer.code) {
    constexpr std::string_view kWhy = "this libcuda.so.1 has no cuInit";
    host.rest_unknown("cuda_driver.", {std::string(kWhy), facts::Gap::unreadable}, "dlsym");
    return false;
  }
  host.set("cuda_driver.init", *answer.code, "CUDA: cuInit");
  const auto name = name_of(*answer.code);
  if (name.empty()) host.absent("cuda_driver.init_name", "CUDA: cuGetErrorName");
  if (!name.empty()) host.set("cuda_driver.init_name", name, "CUDA: cuGetErrorName");
  const auto text = answer.is_success() ? std::string() : text_of(*answer.code);
  if (text.empty()) host.absent("cuda_driver.init_text", "CUDA: cuGetErrorString");
  if (!text.empty()) host.set("cuda_driver.init_text", text, "CUDA: cuGetErrorString");
  return answer.is_success();
}

void Session::read_gpu(int index, const Gpu& gpu) {
  auto subject = writer_.subject("gpu", gpu.address);
  const auto& device = gpu.device;
  subject.set("cuda_driver.index", index, "CUDA: cuDeviceGet");
  std::array<char, 256> name{};
  const auto named = call(gpu.address, cuda_.device_name, name.data(), static_cast<int>(name.size()), device);
  record(subject, "cuda_driver.name", named, gpu::text_in(name));
  gpu::CudaUuid uuid{};
  const auto identified = call(gpu.address, cuda_.device_uuid, &uuid, device);
  record(subject, "cuda_driver.uuid", identified, gpu::uuid_text(uuid.bytes));
  std::size_t memory = 0;
  const auto measured = call(gpu.address, cuda_.device_memory, &memory, device);
  record(subject, "cuda_driver.memory", measured, static_cast<std::int64_t>(memory));
  int major = 0;
  int minor = 0;
  auto answer = call(gpu.address, cuda_.device_attribute, &major, gpu::kCudaCapabilityMajor, device);
  if (answer.is_success()) {
    answer = call(gpu.address, cuda_.device_attribute, &minor, gpu::kCudaCapabilityMinor, device);
  }
  record(subject, "cuda_driver.compute_capability", answer,
         std::to_string(major) + "." + std::to_string(minor));
  int mode = 0;
  answer = call(gpu.address, cuda_.device_attribute, &mode, gpu::kCudaComputeMode, device);
  if (answer.is_success() && compute_mode_text(mode).empty()) {
    subject.unknown("cuda_driver.compute_mode", {"mode " + std::to_string(mode)},
                    "CUDA: cuDeviceGetAttribute");
  } else {
    record(subject, "cuda_driver.compute_mode", answer, compute_mode_text(mode));
  }
}

void Session::read_gpus() {
  int count = 0;
  const auto counted = call("", cuda_.device_count, &count);
  auto& host = writer_.host();
  if (counted.is_success() && (count < 0 || count > kMostGpus)) {
    host.unknown("cuda_driver.gpus",
                 {"cuDeviceGetCount gave " + std::to_string(count), facts::Gap::unreadable},
                 "CUDA: cuDeviceGetCount");
    count = 0;
  } else {
    record(host, "cuda_driver.gpus", counted, count);
  }
  send(report_, document_);
  for (int index = 0; counted.is_success() && index < count; ++index) {
    const std::string number = "GPU " + std::to_string(index);
    Gpu gpu;
    auto answer = call(number, cuda_.device, &gpu.device, index);
    std::array<char, 64> address{};
    if (answer.is_success()) {
      answer =
          call(number, cuda_.device_address, address.data(), static_cast<int>(address.size()), gpu.device);
    }
    gpu.address = pci_address(gpu::text_in(address));
    if (!answer.code) {
      unable_ = std::string("this libcuda.so.1 has no ") + answer.function;
    } else if (!answer.is_success()) {
      unreachable_.push_back(number + ": " + problem_of(answer));
    } else if (gpu.address.empty()) {
      unreachable_.push_back(number + ": its PCI address is malformed");
    }
    if (!answer.is_success() || gpu.address.empty()) continue;
    gpus_.push_back(gpu);
    read_gpu(index, gpu);
    send(report_, document_);
  }
}

void Session::read_peers() {
  facts::List peers;
  for (const auto& from : gpus_) {
    for (const auto& to : gpus_) {
      if (from.device == to.device) continue;
      int access = 0;
      const auto answer = call(from.address, cuda_.can_access_peer, &access, from.device, to.device);
      if (!answer.is_success()) {
        record(writer_.host(), "cuda_driver.peer_access", answer, facts::List());
        return;
      }
      peers.emplace_back(facts::Map{{"from", from.address}, {"to", to.address}, {"access", access != 0}});
    }
  }
  writer_.host().set("cuda_driver.peer_access", std::move(peers), "CUDA: cuDeviceCanAccessPeer");
}

void Session::run() {
  if (initialise()) {
    read_gpus();
    read_peers();
    // Last of all: what tells that CUDA was asked to the end.
    constexpr std::string_view kFact = "cuda_driver.unreachable_gpus";
    if (unable_.empty()) writer_.host().set(kFact, facts::string_list(unreachable_), "CUDA: cuDeviceGet");
    if (!unable_.empty()) writer_.host().unknown(kFact, {unable_}, "dlsym");
  }
  send(report_, document_);
}

void run_cuda(WorkerReport& report) {
  report.stage("dlopen");
  auto library = gpu::Library::load(gpu::kCudaLibrary);
  if (library) {
    Session(std::move(*library), report).run();
    return;
  }
  facts::Document document;
  facts::SubjectWriter(document, "host", "host")
      .rest_unknown("cuda_driver.", {library.error().message, facts::Gap::unreadable}, "dlopen");
  send(report, document);
}

}  // namespace

LiveProbe cuda_probe() {
  return {"cuda-driver", "Whether CUDA initialises, and what it says of each GPU", gpu::kCudaLibrary,
          "cuda_driver.", run_cuda};
}

}  // namespace preflight::live
