#include "probe/recorded_variables.hpp"

#include <algorithm>
#include <array>

#include "probe/credentials.hpp"
#include "probe/path_pattern.hpp"

namespace preflight::probe {

namespace {

constexpr auto kPatterns = std::to_array<std::string_view>({
    // GPUs and the libraries that drive them
    "CUDA_*",
    "CUDACXX",
    "CUDAHOSTCXX",
    "CUDNN_*",
    "CUBLAS_*",
    "CUBLASLT_*",
    "CUFILE_*",
    "NVCC_*",
    "NVIDIA_*",
    "NV_VARIANT_PROVIDER_FORCE_*",
    "NVSHMEM_*",
    "GPU_PREFLIGHT_*",
    // communication
    "NCCL_*",
    "OFI_NCCL_*",
    "FI_*",
    "UCX_*",
    "UCC_*",
    "GLOO_*",
    "MELLANOX_VISIBLE_DEVICES",
    // frameworks
    "TORCH_*",
    "TORCHINDUCTOR_*",
    "TORCHDYNAMO_*",
    "TORCHELASTIC_*",
    "PYTORCH_*",
    "TRITON_*",
    // ranks, by launcher
    "RANK",
    "LOCAL_RANK",
    "NODE_RANK",
    "GROUP_RANK",
    "ROLE_RANK",
    "GROUP_WORLD_SIZE",
    "WORLD_SIZE",
    "LOCAL_WORLD_SIZE",
    "ROLE_WORLD_SIZE",
    "MASTER_ADDR",
    "MASTER_PORT",
    "JOB_COMPLETION_INDEX",
    "OMPI_COMM_WORLD_*",
    "OMPI_UNIVERSE_SIZE",
    "OMPI_MCA_btl*",
    "OMPI_MCA_pml*",
    "OMPI_MCA_coll*",
    "OMPI_MCA_mtl*",
    "OMPI_MCA_osc*",
    "OMPI_MCA_opal_cuda_support",
    "PMIX_RANK",
    "PMIX_NAMESPACE",
    "PMIX_HOSTNAME",
    "PMI_RANK",
    "PMI_SIZE",
    "PMI_UNIVERSE_SIZE",
    "PMI_LOCAL_RANK",
    "PMI_LOCAL_SIZE",
    "MPI_LOCALRANKID",
    "MPI_LOCALNRANKS",
    "MV2_COMM_WORLD_*",
    "SLURM_PROCID",
    "SLURM_LOCALID",
    "SLURM_NODEID",
    "SLURM_NTASKS",
    "SLURM_NPROCS",
    "SLURM_NNODES",
    "SLURM_JOB_NUM_NODES",
    "SLURM_NTASKS_PER_NODE",
    "SLURM_TASKS_PER_NODE",
    "SLURM_STEP_NUM_TASKS",
    "SLURM_STEP_NUM_NODES",
    "SLURM_STEP_TASKS_PER_NODE",
    "SLURM_JOB_ID",
    "SLURM_JOBID",
    "SLURM_STEP_ID",
    "SLURM_STEPID",
    "SLURM_JOB_NODELIST",
    "SLURM_NODELIST",
    "SLURM_STEP_NODELIST",
    "SLURMD_NODENAME",
    "SLURM_LAUNCH_NODE_IPADDR",
    "SLURM_JOB_GPUS",
    "SLURM_STEP_GPUS",
    "SLURM_GPUS",
    "SLURM_GPUS_*",
    "SLURM_CPUS_PER_TASK",
    "SLURM_CPUS_ON_NODE",
    // what programs, libraries and Python packages are found by
    "PATH",
    "LD_LIBRARY_PATH",
    "LD_PRELOAD",
    "PYTHONPATH",
    "PYTHONHOME",
    "PYTHONNOUSERSITE",
    "PYTHONUSERBASE",
    "VIRTUAL_ENV",
    "CONDA_PREFIX",
    "CONDA_DEFAULT_ENV",
    "CONDA_OVERRIDE_CUDA",
    "UV_CUDA_DRIVER_VERSION",
    "CC",
    "CXX",
    // threads
    "OMP_NUM_THREADS",
    "OMP_PROC_BIND",
    "OMP_PLACES",
    "KMP_*",
    "MKL_*",
    "GOMP_CPU_AFFINITY",
    // containers
    "container",
    "KUBERNETES_SERVICE_HOST",
    "APPTAINER_NAME",
    "SINGULARITY_NAME",
    "WSL_DISTRO_NAME",
});

}  // namespace

std::span<const std::string_view> recorded_variable_patterns() {
  return kPatterns;
}

std::optional<std::string> recordable_value(std::string_view name, std::string_view value) {
  const bool listed =
      std::ranges::any_of(kPatterns, [&](std::string_view pattern) { return matches(pattern, name); });
  if (!listed || names_credential(name)) return std::nullopt;
  return without_credentials(value);
}

}  // namespace preflight::probe
