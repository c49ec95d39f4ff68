// What `import torch` of an environment loads: the interpreter with its libraries, what torch's Python code
// opens, in its order, and what the libraries open when they are first used.
#pragma once

#include <string>
#include <vector>

#include "loader/process.hpp"
#include "probe/environments/import_path.hpp"
#include "probe/environments/installation.hpp"

namespace preflight::probe::compiled_code {

enum class Stage { program, torch, use };
std::string_view to_text(Stage stage);

struct TorchImport {
  std::vector<Stage> stages;              // of the process' objects, by index
  std::vector<bool> preloaded;            // torch's Python code looked the file up in nvidia/*
  std::vector<loader::Failure> failures;  // libraries that the import needs and that aren't found
  loader::ObjectIndex caller = 0;         // of dlopen() for Python's import statement
  std::string problem;                    // why the import can't be followed; else empty
};

// Follows the import in a new process. `torch` is the directory of torch's code.
TorchImport import_torch(const target::FileTree& files, const environments::Installation& python,
                         const environments::ImportPath& import_path, const std::string& torch,
                         loader::Process& process);

}  // namespace preflight::probe::compiled_code
