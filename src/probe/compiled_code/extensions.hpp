// The compiled files of packages other than torch: whether they link with what would be loaded, and which
// GPUs they have code for.
#pragma once

#include <string>

#include "facts/writer.hpp"
#include "loader/link.hpp"
#include "loader/process.hpp"
#include "probe/compiled_code/gpu_codes.hpp"
#include "probe/compiled_code/torch_import.hpp"
#include "probe/environments/compiled_files.hpp"

namespace preflight::probe::compiled_code {

struct ExtensionContext {
  const target::FileTree& files;
  std::string environment;    // id of the environment's subject
  const TorchImport& import;  // of the process, which has torch loaded
  loader::Process& process;   // is as before when the function returns
  loader::Images& images;
  loader::Linker& linker;
  GpuCodes& gpu_codes;
};

// One subject "extension" for each of the files that is linked to torch or CUDA, or holds GPU code; their
// number.
std::size_t write_extensions(const ExtensionContext& context,
                             const std::vector<environments::CompiledFile>& compiled,
                             facts::FactWriter& writer);

}  // namespace preflight::probe::compiled_code
