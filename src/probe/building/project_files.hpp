// What the files of a Python project say of its requirements and of what it compiles.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace preflight::probe::building {

struct Requirements {
  // The specifier ("" for any version) by the normalised name of a package; where one is named twice, the
  // first counts.
  std::map<std::string, std::string, std::less<>> specifiers;
  std::vector<std::string> wheels;  // names of wheel files that are asked for by address or path
};

// Adds a requirement of PEP 508. What is none is passed over, and so is what its marker doesn't ask for on
// every Linux machine: a list for several Python versions has a line for each.
void add_requirement(std::string_view text, Requirements& requirements);

// The lines of a requirements.txt. Options are passed over, and paths and addresses of anything but a wheel.
void add_requirement_lines(std::string_view text, Requirements& requirements);

struct ProjectTable {
  std::string requires_python;            // empty when it isn't stated
  std::vector<std::string> dependencies;  // as written
  std::vector<std::string> unisolated;    // packages that [tool.uv] builds without isolation
};

// The parts of a pyproject.toml that are asked for here; strings of one line only.
ProjectTable read_pyproject(std::string_view text);

// Whether a setup.py builds a CUDA extension of torch, or a CMakeLists.txt asks for CUDA's compiler.
bool setup_compiles_cuda(std::string_view setup);
bool cmake_compiles_cuda(std::string_view lists);

}  // namespace preflight::probe::building
