// The published builds of PyTorch that a plan chooses from.
#pragma once

#include <string>
#include <vector>

#include "gpu_code/architecture.hpp"
#include "tables/tables.hpp"

namespace preflight::plan {

struct Build {
  std::string name;   // 2.8.0+cu128: its row in table torch_wheel
  std::string torch;  // 2.8.0: its row in table torch
  std::string tag;    // cu128
  std::string cuda;   // 12.8
  std::vector<gpu_code::ComputeCapability> sass;
  std::vector<gpu_code::ComputeCapability> ptx;
};

// Whether it has machine code, or PTX, that serves the GPU.
bool has_sass_for(const Build& build, gpu_code::ComputeCapability gpu);
bool has_ptx_for(const Build& build, gpu_code::ComputeCapability gpu);

// All builds of which the tables know the GPU code: the newest torch first, then the newest CUDA.
std::vector<Build> published_builds(const tables::Tables& tables);

// The oldest driver that runs the build's CUDA, by minor-version compatibility where it has that; empty when
// the tables don't know it.
std::string oldest_driver_of_cuda(const Build& build, const tables::Tables& tables);

// The driver that came with the CUDA of the build, for which no compatibility is needed; may be empty.
std::string own_driver(const Build& build, const tables::Tables& tables);

// torchvision and torchaudio that were published with a torch; empty where the tables know none.
std::string torchvision_of(const Build& build, const tables::Tables& tables);
std::string torchaudio_of(const Build& build, const tables::Tables& tables);

// What pip is told to install the build and its companions.
std::string install_command(const Build& build, const tables::Tables& tables);

}  // namespace preflight::plan
