// The labels that the vintages of collect_env print: PyTorch's since 2018, vLLM's since 2024.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace preflight::collect_env {

enum class Field {
  torch_version,
  debug_build,
  cuda_built,
  rocm_sdk_built,
  hip_built,
  xpu_built,
  os,
  compiler,
  libc,
  python,
  platform,
  cuda_available,
  nvcc,
  module_loading,
  gpus,
  driver,
  cudnn,
  runtime,  // what says nothing that we record: HIP, MIOpen, XPU, XNNPACK, the allocator
  architecture,
  numa_nodes,
  libraries,
  vllm_version,
  topology,
  vllm_other,
};

// A label and what follows its colon.
struct Labelled {
  Field field;
  std::string value;
};

// Recognises "Label: value" (vLLM pads the label: "OS      : value") and a list item of that form.
std::optional<Labelled> recognise(std::string_view line);

// The label by which reports name the field: "CUDA used to build PyTorch".
std::string_view label(Field field);

// Whether only collect_env prints such a line; "OS: Linux" also stands in letters.
bool is_distinctive(Field field);

// What collect_env prints for a value that it does not have.
bool is_placeholder(std::string_view value);

}  // namespace preflight::collect_env
