// What this host says when it is asked: the driver's own libraries (NVML and the CUDA Driver API) and the
// kernel's log.
#include "facts/registry/areas.hpp"

namespace preflight::facts {

namespace {

constexpr Field kTopology[] = {
    {"from", Scalar::string, "PCI address of a GPU"},
    {"to", Scalar::string, "PCI address of another"},
    {"path", Scalar::string,
     "What joins them, as nvidia-smi topo names it: INT (one board), PIX (one PCIe switch), PXB (several), "
     "PHB "
     "(a host bridge), NODE (within a NUMA node), SYS (across them)"},
};

constexpr Field kPeers[] = {
    {"from", Scalar::string, "PCI address of a GPU"},
    {"to", Scalar::string, "PCI address of another"},
    {"access", Scalar::boolean, "The first can read and write the memory of the second"},
};

constexpr Field kXid[] = {
    {"address", Scalar::string, "PCI address of the GPU; empty when the line has none that is well-formed"},
    {"xid", Scalar::integer, "Code of the error"},
    {"count", Scalar::integer, "How many lines of this code for this GPU there are"},
    {"first", Scalar::integer, "When the first of them was written, in seconds from the boot"},
    {"last", Scalar::integer, "When the last of them was written, in seconds from the boot"},
    {"current", Scalar::boolean,
     "The last one was written since the driver's kernel module was last loaded, as far as the log tells"},
    {"pid", Scalar::integer, "Process that the last one names; 0 when it names none"},
    {"process", Scalar::string, "Name of that process; empty when it has none"},
    {"text", Scalar::string, "What the last one says, at most 300 bytes of it"},
};

constexpr Declaration kLiveFacts[] = {
    {"kernel_log.xids", records(kXid),
     "Errors that the driver wrote into the kernel's log (Xid lines), by GPU and code; the newest 100"},
    {"kernel_log.xid_lines", kInteger, "How many Xid lines the kernel's log holds"},
    {"kernel_log.since", kInteger,
     "When the oldest record of the kernel's log was written, in seconds from the boot; absent when it is "
     "empty"},
    {"nvml.library", kString, "The libnvidia-ml.so.1 that was loaded; absent when the loader finds none"},
    {"nvml.init", kInteger, "Code that nvmlInit returned: 0 for success", Weight::core},
    {"nvml.init_text", kString, "What NVML says to that code; absent for success"},
    {"nvml.missing_functions", kStrings, "Functions that this libnvidia-ml lacks, of those that we call"},
    {"nvml.driver_version", kVersion, "Driver version that NVML reports"},
    {"nvml.version", kVersion, "Version of NVML: that of its CUDA major, then the driver's"},
    {"nvml.cuda_version", kVersion, "CUDA version of the driver, by NVML"},
    {"nvml.gpus", kInteger, "How many GPUs NVML counts", Weight::core},
    {"nvml.unreachable_gpus", kStrings,
     "GPUs that NVML counts and that don't answer, and why; known when NVML was asked to the end",
     Weight::core},
    {"nvml.topology", records(kTopology), "How each pair of GPUs is joined"},
    {"cuda_driver.library", kString, "The libcuda.so.1 that was loaded; absent when the loader finds none"},
    {"cuda_driver.init", kInteger, "Code that cuInit returned: 0 for success", Weight::core},
    {"cuda_driver.init_name", kString, "The name of that code: CUDA_ERROR_NO_DEVICE"},
    {"cuda_driver.init_text", kString, "What CUDA says to that code; absent for success"},
    {"cuda_driver.missing_functions", kStrings, "Functions that this libcuda lacks, of those that we call"},
    {"cuda_driver.version", kVersion, "CUDA version of the driver, by cuDriverGetVersion"},
    {"cuda_driver.gpus", kInteger, "How many GPUs CUDA counts: after CUDA_VISIBLE_DEVICES", Weight::core},
    {"cuda_driver.unreachable_gpus", kStrings,
     "GPUs that CUDA counts and that don't answer, and why; known when CUDA was asked to the end",
     Weight::core},
    {"cuda_driver.peer_access", records(kPeers), "Which GPU can access which other's memory"},
};

}  // namespace

std::span<const Declaration> live_facts() {
  return kLiveFacts;
}

}  // namespace preflight::facts
