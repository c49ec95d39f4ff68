// The driver in a worker: each call is told to the owner before it is made, and a failure ends the work.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>

#include "gpu/cuda.hpp"
#include "support/worker.hpp"

namespace preflight::smoke {

// Ends the work; what() is told to the owner.
struct Failed : std::runtime_error {
  explicit Failed(const std::string& why) : std::runtime_error(why) {}
  Failed(const std::string& why, int init_code) : std::runtime_error(why), init(init_code) {}

  int init = 0;  // what cuInit returned, where it is what failed
};

// Throws Failed when the loader finds no such library, or can't load it.
gpu::Library load_library(WorkerReport& report, const std::string& name);

// Throws Failed when the library lacks the function.
template <class Called>
void need(const Called& function, const gpu::Library& library) {
  if (!function) throw Failed(library.path() + " has no " + function.name());
}

class DriverSession {
 public:
  // Loads libcuda.so.1.
  explicit DriverSession(WorkerReport& report);

  // cuInit. How many GPUs CUDA shows; at least one.
  int initialise();

  template <class Called, class... Arguments>
  void call(const Called& function, Arguments&&... arguments) {
    need(function, cuda_.library);
    report_.stage(function.name());
    const auto code = function(std::forward<Arguments>(arguments)...);
    if (code != gpu::kCudaSuccess) throw Failed(std::string(function.name()) + " returned " + text_of(code));
  }

  // "2 (CUDA_ERROR_OUT_OF_MEMORY: out of memory)".
  std::string text_of(gpu::CudaResult code) const;

  const gpu::CudaCompute& cuda() const { return cuda_; }

 private:
  WorkerReport& report_;
  gpu::CudaCompute cuda_;
};

}  // namespace preflight::smoke
