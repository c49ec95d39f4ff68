#include "facts/recorded_variables.hpp"

#include <algorithm>

#include "facts/credentials.hpp"

namespace preflight::facts {

namespace {

constexpr std::string_view kRecorded[] = {
    // Drivers, CUDA and its libraries
    "CUDA_*", "CUDACXX", "CUDAHOSTCXX", "CUDNN_*", "CUBLAS_*", "CUBLASLT_*", "CUFILE_*", "CUTLASS_*",
    "MIG_STRATEGY", "NVCC_*", "NVIDIA_*", "NVSHMEM_*", "_CUDA_COMPAT_*", "GPU_PREFLIGHT_*",
    // Communication
    "NCCL_*", "OFI_NCCL_*", "UCX_*", "UCC_*", "FI_*", "GLOO_*", "TP_*", "RDMAV_*", "IBV_*", "MLX5_*",
    "MELLANOX_VISIBLE_DEVICES",
    // Frameworks
    "TORCH_*", "TORCHINDUCTOR_*", "TORCHDYNAMO_*", "TORCHELASTIC_*", "PYTORCH_*", "TRITON_*", "VLLM_*",
    "FLASHINFER_DISABLE_VERSION_CHECK", "XFORMERS_IGNORE_FLASH_VERSION_CHECK", "OMP_*", "MKL_*", "KMP_*",
    "GOMP_CPU_AFFINITY", "HIP_*", "HSA_*", "ROCR_*", "ROCM_*",
    // The loader, the compiler and Python
    "LD_LIBRARY_PATH", "LD_PRELOAD", "GLIBC_TUNABLES", "PATH", "LIBRARY_PATH", "CC", "CXX", "PYTHONPATH",
    "PYTHONHOME", "PYTHONNOUSERSITE", "PYTHONUSERBASE", "VIRTUAL_ENV", "CONDA_PREFIX", "CONDA_DEFAULT_ENV",
    "CONDA_OVERRIDE_CUDA", "PIP_NO_BUILD_ISOLATION", "UV_NO_BUILD_ISOLATION", "UV_CUDA_DRIVER_VERSION",
    "NV_VARIANT_PROVIDER_FORCE_*",
    // Launchers
    "RANK", "LOCAL_RANK", "NODE_RANK", "GROUP_RANK", "ROLE_RANK", "WORLD_SIZE", "LOCAL_WORLD_SIZE",
    "GROUP_WORLD_SIZE", "ROLE_WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT", "PET_NNODES", "JOB_COMPLETION_INDEX",
    "OMPI_COMM_WORLD_*", "OMPI_UNIVERSE_SIZE", "OMPI_MCA_btl*", "OMPI_MCA_pml*", "OMPI_MCA_coll*",
    "OMPI_MCA_mtl*", "OMPI_MCA_osc*", "OMPI_MCA_opal_cuda_support", "PMIX_RANK", "PMIX_NAMESPACE",
    "PMIX_HOSTNAME", "PMI_RANK", "PMI_SIZE", "PMI_UNIVERSE_SIZE", "PMI_LOCAL_RANK", "PMI_LOCAL_SIZE",
    "MPI_LOCALRANKID", "MPI_LOCALNRANKS", "MV2_COMM_WORLD_*", "SLURM_PROCID", "SLURM_LOCALID", "SLURM_NODEID",
    "SLURM_NTASKS", "SLURM_NPROCS", "SLURM_NNODES", "SLURM_JOB_NUM_NODES", "SLURM_NTASKS_PER_NODE",
    "SLURM_TASKS_PER_NODE", "SLURM_STEP_NUM_TASKS", "SLURM_STEP_NUM_NODES", "SLURM_STEP_TASKS_PER_NODE",
    "SLURM_JOB_ID", "SLURM_JOBID", "SLURM_STEP_ID", "SLURM_STEPID", "SLURM_JOB_NODELIST", "SLURM_NODELIST",
    "SLURM_STEP_NODELIST", "SLURMD_NODENAME", "SLURM_LAUNCH_NODE_IPADDR", "SLURM_JOB_GPUS", "SLURM_STEP_GPUS",
    "SLURM_GPUS*", "SLURM_GPU_BIND*", "SLURM_TRES_PER_TASK", "SLURM_CPUS_PER_TASK", "SLURM_CPUS_ON_NODE",
    // Containers
    "container", "KUBERNETES_SERVICE_HOST", "APPTAINER_NAME", "SINGULARITY_NAME", "WSL_DISTRO_NAME",
    "ENROOT_RESTRICT_DEV"};

bool matches(std::string_view pattern, std::string_view name) {
  if (!pattern.ends_with('*')) return pattern == name;
  pattern.remove_suffix(1);
  return name.starts_with(pattern);
}

}  // namespace

std::span<const std::string_view> recorded_variables() {
  return kRecorded;
}

std::optional<std::string> recordable_value(std::string_view name, std::string_view value) {
  const auto lists_name = [&](std::string_view pattern) { return matches(pattern, name); };
  if (!std::ranges::any_of(kRecorded, lists_name) || names_credential(name)) return std::nullopt;
  return without_credentials(value);
}

bool may_record_variable(std::string_view name, std::string_view value) {
  return recordable_value(name, value) == value;
}

}  // namespace preflight::facts
