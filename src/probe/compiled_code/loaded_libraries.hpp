// The facts of the libraries that torch is loaded with.
#pragma once

#include "facts/writer.hpp"
#include "probe/compiled_code/gpu_codes.hpp"
#include "probe/compiled_code/own_copies.hpp"
#include "probe/compiled_code/torch_import.hpp"

namespace preflight::probe::compiled_code {

struct EnvironmentFiles {
  std::string id;                        // of the environment's subject
  std::vector<std::string> directories;  // whose files are its packages': the import path; conda's prefix
  OwnCopies own_copies;
};

// One subject "loaded_library" for each object of the process; their number.
std::size_t write_loaded_libraries(const EnvironmentFiles& environment, const TorchImport& import,
                                   const loader::Process& process, GpuCodes& gpu_codes,
                                   facts::FactWriter& writer);

}  // namespace preflight::probe::compiled_code
