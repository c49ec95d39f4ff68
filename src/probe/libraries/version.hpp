// Versions from inside the files of a GPU stack. Each way was established on files that NVIDIA ships and is
// compared with what the libraries themselves answer.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "elf/file.hpp"
#include "target/file_tree.hpp"

namespace preflight::probe::libraries {

struct FoundVersion {
  std::string version;  // dotted
  std::string cuda;     // CUDA version that the library was built with; empty when it doesn't say
  std::string source;   // the file and what in it
};

// The driver version in libcuda or libnvidia-ml: their own texts, else the name of the file.
Result<FoundVersion> driver_library_version(const elf::File& file, std::string_view library,
                                            std::string_view path);

// "NCCL version 2.19.3+cuda12.3" among the texts of libnccl.
Result<FoundVersion> nccl_version(const elf::File& file, std::string_view path);

// What cudnnGetVersion returns. Since 8 libcudnn itself only loads the library beside it that knows.
Result<FoundVersion> cudnn_version(const target::FileTree& files, const elf::File& file,
                                   std::string_view path);

// What cudaRuntimeGetVersion stores: CUDA's major and minor version.
Result<FoundVersion> cudart_version(const elf::File& file, std::string_view path);

// Whether this libcuda is a stub to link with: its cuInit does nothing but return CUDA_ERROR_STUB_LIBRARY.
bool is_stub(const elf::File& file);

// 8907 is 8.9.7, 91002 is 9.10.2: cuDNN 9 has another encoding. Empty for what is neither.
std::optional<std::string> decode_cudnn_version(std::uint32_t number);

// 12040 is 12.4. Empty for what is no CUDA version.
std::optional<std::string> decode_cuda_version(std::uint32_t number);

}  // namespace preflight::probe::libraries
