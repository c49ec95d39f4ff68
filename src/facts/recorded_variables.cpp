#include "facts/recorded_variables.hpp"

#include <algorithm>

#include "support/text.hpp"

namespace preflight::facts {

namespace {

constexpr std::string_view kRecorded[] = {
    // Drivers, CUDA and its libraries
    "CUDA_*", "CUDNN_*", "CUBLAS_*", "CUTLASS_*", "NVIDIA_*", "NVSHMEM_*", "_CUDA_COMPAT_*",
    // Communication
    "NCCL_*", "UCX_*", "FI_*", "GLOO_*", "TP_*", "RDMAV_*", "IBV_*", "MLX5_*",
    // Frameworks
    "TORCH_*", "TORCHINDUCTOR_*", "TORCHELASTIC_*", "PYTORCH_*", "TRITON_*", "VLLM_*", "OMP_*", "MKL_*",
    "KMP_*", "HIP_*", "HSA_*", "ROCR_*", "ROCM_*",
    // The loader, the compiler and Python
    "LD_LIBRARY_PATH", "LD_PRELOAD", "PATH", "CC", "CXX", "PYTHONPATH", "PYTHONHOME", "PYTHONNOUSERSITE",
    "VIRTUAL_ENV", "CONDA_PREFIX", "CONDA_DEFAULT_ENV", "CONDA_OVERRIDE_CUDA", "UV_CUDA_DRIVER_VERSION",
    "NV_VARIANT_PROVIDER_FORCE_*",
    // Launchers
    "RANK", "LOCAL_RANK", "WORLD_SIZE", "LOCAL_WORLD_SIZE", "NODE_RANK", "GROUP_RANK", "MASTER_ADDR",
    "MASTER_PORT", "SLURM_JOB_ID", "SLURM_PROCID", "SLURM_LOCALID", "SLURM_NODEID", "SLURM_NNODES",
    "SLURM_NTASKS", "SLURM_GPUS*", "SLURM_JOB_GPUS", "SLURM_STEP_GPUS", "OMPI_COMM_WORLD_*", "PMI_RANK",
    "PMI_SIZE", "PMIX_RANK",
    // Containers
    "container", "KUBERNETES_SERVICE_HOST"};

constexpr std::string_view kSecretWords[] = {"token",  "secret",  "password",   "passwd",      "passphrase",
                                             "apikey", "key",     "credential", "credentials", "auth",
                                             "cookie", "private", "pat"};

constexpr std::string_view kSecretBeginnings[] = {"hf_",   "ghp_",  "gho_", "ghs_",  "github_pat_", "glpat-",
                                                  "xoxb-", "xoxp-", "sk-",  "AKIA",  "ASIA",        "nvapi-",
                                                  "eyJ",   "AIza",  "npm_", "pypi-", "-----BEGIN"};

bool matches(std::string_view pattern, std::string_view name) {
  if (!pattern.ends_with('*')) return pattern == name;
  pattern.remove_suffix(1);
  return name.starts_with(pattern);
}

bool is_alphanumeric(char character) {
  return (character >= '0' && character <= '9') || (character >= 'a' && character <= 'z') ||
         (character >= 'A' && character <= 'Z');
}

// "https://user:password@host": an @ after :// and before the next slash or blank.
bool has_user_information(std::string_view value) {
  for (auto place = value.find("://"); place != std::string_view::npos;
       place = value.find("://", place + 3)) {
    const auto rest = value.substr(place + 3);
    const auto authority = rest.substr(0, rest.find_first_of("/ \t,;"));
    if (authority.find('@') != std::string_view::npos) return true;
  }
  return false;
}

// One unbroken run of letters and digits, as keys and hashes are; paths, lists and UUIDs have separators.
bool is_opaque(std::string_view value) {
  constexpr std::size_t kShortestKey = 32;
  return value.size() >= kShortestKey && std::ranges::all_of(value, [](char character) {
           return is_alphanumeric(character) || character == '_' || character == '=' || character == '+';
         });
}

}  // namespace

std::span<const std::string_view> recorded_variables() {
  return kRecorded;
}

bool looks_like_credential(std::string_view name, std::string_view value) {
  const std::string lower = to_lower(name);
  for (const auto word : split(lower, '_')) {
    if (std::ranges::find(kSecretWords, word) != std::end(kSecretWords)) return true;
  }
  const auto begins_value = [&](std::string_view beginning) { return value.starts_with(beginning); };
  return std::ranges::any_of(kSecretBeginnings, begins_value) || has_user_information(value) ||
         is_opaque(value);
}

bool may_record_variable(std::string_view name, std::string_view value) {
  const auto lists_name = [&](std::string_view pattern) { return matches(pattern, name); };
  return std::ranges::any_of(kRecorded, lists_name) && !looks_like_credential(name, value);
}

}  // namespace preflight::facts
