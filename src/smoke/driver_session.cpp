#include "smoke/driver_session.hpp"

namespace preflight::smoke {

namespace {

constexpr int kMostGpus = 1024;  // of a host; no true answer is above

}  // namespace

gpu::Library load_library(WorkerReport& report, const std::string& name) {
  report.stage("loading " + name);
  auto library = gpu::Library::load(name);
  if (!library) throw Failed(library.error().message);
  return std::move(*library);
}

DriverSession::DriverSession(WorkerReport& report)
    : report_(report), cuda_(load_library(report, gpu::kCudaLibrary)) {}

int DriverSession::initialise() {
  need(cuda_.init, cuda_.library);
  report_.stage(cuda_.init.name());
  const auto code = cuda_.init(0);
  if (code != gpu::kCudaSuccess) throw Failed("cuInit returned " + text_of(code), code);
  int count = 0;
  call(cuda_.device_count, &count);
  if (count == 0) throw Failed("CUDA shows no GPU");
  if (count < 0 || count > kMostGpus) throw Failed("cuDeviceGetCount gave " + std::to_string(count));
  return count;
}

std::string DriverSession::text_of(gpu::CudaResult code) const {
  const char* name = nullptr;
  const char* words = nullptr;
  if (cuda_.error_name) cuda_.error_name(code, &name);
  if (cuda_.error_string) cuda_.error_string(code, &words);
  std::string text = std::to_string(code);
  if (name == nullptr) return text;
  text += std::string(" (") + name;
  if (words != nullptr) text += std::string(": ") + words;
  return text + ")";
}

}  // namespace preflight::smoke
