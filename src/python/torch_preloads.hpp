// Which libraries `import torch` loads by path, before or instead of leaving them to the loader's search.
// Read from the text of torch/__init__.py, which differs from release to release; nothing is executed.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "support/result.hpp"

namespace preflight::python {

struct Preload {
  std::string folder;        // of the wheel: "cuda_nvrtc"
  std::string pattern;       // of the file's name, for matches_file_pattern: "libnvrtc.so.*[0-9]"
  bool required = true;      // where no file is found: an error; else it is passed over
  int least_cuda_major = 0;  // it is on the list from this CUDA major on; 0 always

  bool operator==(const Preload&) const = default;
};

struct TorchPreloads {
  // After libtorch_global_deps was loaded: only if this text is among the paths of /proc/self/maps; empty
  // where there is no such step. An error (a required file that isn't found, a file that can't be loaded)
  // ends the step and nothing more.
  std::string condition;
  std::vector<Preload> after;

  // When loading libtorch_global_deps fails with a message that names one of these (`is_about`); then it is
  // loaded again. An error here fails the import. Empty where torch has no such step.
  std::vector<Preload> on_error;

  // Where a file is looked for, in each directory of sys.path; see preload_directories().
  bool looks_in_cuda_major = false;  // nvidia/cu13/lib
  bool looks_beside_nvidia = false;  // cuda_nvrtc/lib
  bool only_beside_nvidia = false;   // directories of sys.path without a folder nvidia are passed over
};

// malformed when torch preloads libraries in a way that isn't understood.
Result<TorchPreloads> read_torch_preloads(std::string_view module);

// Below one directory of sys.path, in the order of the search, whose first file is taken:
// "nvidia/cuda_nvrtc/lib", "nvidia/cu13/lib", "cuda_nvrtc/lib".
std::vector<std::string> preload_directories(const TorchPreloads& preloads, std::string_view folder,
                                             int cuda_major);

// Whether a message of the loader names a library of the list, as torch decides it: optional ones don't
// count.
bool is_about(const std::vector<Preload>& preloads, std::string_view message);

}  // namespace preflight::python
