#include "collect_env/fields.hpp"

#include <algorithm>

#include "support/text.hpp"

namespace preflight::collect_env {

namespace {

struct Label {
  std::string_view text;
  Field field;
};

constexpr Label kLabels[] = {
    {"PyTorch version", Field::torch_version},
    {"Is debug build", Field::debug_build},
    {"CUDA used to build PyTorch", Field::cuda_built},
    {"ROCm SDK used to build PyTorch", Field::rocm_sdk_built},
    {"ROCM used to build PyTorch", Field::hip_built},
    {"HIP used to build PyTorch", Field::hip_built},
    {"XPU used to build PyTorch", Field::xpu_built},
    {"OS", Field::os},
    {"GCC version", Field::compiler},
    {"Clang version", Field::compiler},
    {"CMake version", Field::compiler},
    {"Libc version", Field::libc},
    {"Python version", Field::python},
    {"Python platform", Field::platform},
    {"Is CUDA available", Field::cuda_available},
    {"CUDA runtime version", Field::nvcc},
    {"CUDA_MODULE_LOADING set to", Field::module_loading},
    {"GPU models and configuration", Field::gpus},
    {"Nvidia driver version", Field::driver},
    {"cuDNN version", Field::cudnn},
    {"HIP runtime version", Field::runtime},
    {"MIOpen runtime version", Field::runtime},
    {"Is XPU available", Field::runtime},
    {"Is XNNPACK available", Field::runtime},
    {"Caching allocator config", Field::runtime},
    {"Architecture", Field::architecture},
    {"NUMA node(s)", Field::numa_nodes},
    {"Versions of relevant libraries", Field::libraries},
    {"vLLM Version", Field::vllm_version},
    {"GPU Topology", Field::topology},
    {"ROCM Version", Field::vllm_other},
    {"Neuron SDK Version", Field::vllm_other},
    {"vLLM Build Flags", Field::vllm_other},
};

}  // namespace

std::optional<Labelled> recognise(std::string_view line) {
  if (line.starts_with("- ") || line.starts_with("* ")) line = trim(line.substr(2));
  const auto colon = line.find(':');
  const auto name = trim(line.substr(0, colon));
  const auto found = std::ranges::find(kLabels, name, &Label::text);
  if (found == std::end(kLabels)) return std::nullopt;
  // vLLM prints this one as a heading, without a colon.
  if (colon == std::string_view::npos && found->field != Field::libraries) return std::nullopt;
  const auto value = colon == std::string_view::npos ? std::string_view() : trim(line.substr(colon + 1));
  return Labelled{found->field, std::string(value)};
}

std::string_view label(Field field) {
  return std::ranges::find(kLabels, field, &Label::field)->text;
}

bool is_distinctive(Field field) {
  switch (field) {
    case Field::os:
    case Field::compiler:
    case Field::libc:
    case Field::python:
    case Field::architecture:
    case Field::numa_nodes:
    case Field::runtime:
    case Field::vllm_other:
    case Field::topology:
      return false;
    default:
      return true;
  }
}

bool is_placeholder(std::string_view value) {
  return value == "Could not collect" || value == "N/A" || value == "None" || value == "No CUDA";
}

}  // namespace preflight::collect_env
