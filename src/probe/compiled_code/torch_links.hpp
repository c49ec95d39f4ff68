// Whether `import torch` succeeds as far as the loader is concerned.
#pragma once

#include "facts/writer.hpp"
#include "loader/link.hpp"
#include "probe/compiled_code/torch_import.hpp"

namespace preflight::probe::compiled_code {

// The source of what the loader would find: no one file tells it.
constexpr std::string_view kLoaderSearch = "the loader's search";

// The driver's libraries come with the machine, not with an environment: that they aren't found on a machine
// without one says nothing of the environment.
bool is_driver_library(std::string_view soname);

// Sets load.*.
void write_torch_links(const TorchImport& import, const loader::Process& process, loader::Linker& linker,
                       facts::SubjectWriter& environment);

}  // namespace preflight::probe::compiled_code
