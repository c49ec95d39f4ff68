// What GPU code a file holds, told from headers alone.
#pragma once

#include <vector>

#include "elf/file.hpp"
#include "gpu_code/architecture.hpp"

namespace preflight::gpu_code {

// The version of the PTX language that code is written in: 8.7. Each CUDA release knows one newest.
struct PtxVersion {
  int major = 0;
  int minor = 0;
  friend auto operator<=>(const PtxVersion&, const PtxVersion&) = default;
};

struct SassCode {
  Architecture architecture;
  std::size_t containers = 0;  // how many hold such code
  bool compressed = false;     // at least once
};

struct PtxCode {
  Architecture architecture;
  std::size_t containers = 0;
  bool compressed = false;
  PtxVersion oldest;  // of the pieces of such code
  PtxVersion newest;
};

struct GpuCode {
  // Sorted by architecture, each once.
  std::vector<SassCode> sass;
  std::vector<PtxCode> ptx;
  std::size_t containers = 0;  // fat binaries: usually one for each source file
  std::uint64_t largest = 0;   // bytes of the largest piece of code, not compressed
};

// The code in every section of the file that holds fat binaries (".nv_fatbin", and "__nv_relfatbin" for what
// was compiled with -rdc=true); empty when there is none. Reads a few hundred bytes for each fat binary.
// Errors: malformed, too_large (more than 262,144 headers), unsupported (machine code for a GPU without a fat
// binary around it: a .cubin file), or the source's own.
Result<GpuCode> read_gpu_code(const elf::File& file);

// The same of a file of any kind: ELF, or one bare fat binary (nvcc --fatbin). malformed for all others.
Result<GpuCode> read_gpu_code(const ByteSource& source);

// Whether the file has machine code that runs on the GPU, or PTX that a driver new enough compiles for it.
bool has_sass_for(const GpuCode& code, ComputeCapability gpu);
bool has_ptx_for(const GpuCode& code, ComputeCapability gpu);

// Architectures that any of the file's fat binaries holds code for, or those that more than half of them do:
// what nearly everything in the file was compiled for, without the architectures of a few special kernels. Of
// libtorch_cuda.so that is what torch.cuda.get_arch_list() says.
enum class Share : std::uint8_t { any, most };

// The names, as facts hold them: sm_80, sm_90a; compute_90.
std::vector<std::string> sass_names(const GpuCode& code, Share share = Share::any);
std::vector<std::string> ptx_names(const GpuCode& code, Share share = Share::any);

// Whether all the code there is can only be what nvcc links into a library without a kernel of its own. Such
// a library says nothing of the GPUs that it is for: cuFFT, since CUDA 12.4, has its kernels in a section of
// data, where neither this reader nor cuobjdump looks.
bool only_stubs(const GpuCode& code);

// Whether some of the code is compressed.
bool has_compressed(const GpuCode& code);

}  // namespace preflight::gpu_code
