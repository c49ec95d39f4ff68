// Pythons and packages in a fake root.
#pragma once

#include "run_probe.hpp"

namespace preflight::test {

constexpr unsigned kExecutable = 0755;

// A Python below a prefix, its exact version stated by its header.
void add_python(MemoryTree& tree, const std::string& prefix, const std::string& version);

// A virtual environment of the Python below `base`; `more` are further lines of pyvenv.cfg.
void add_venv(MemoryTree& tree, const std::string& prefix, const std::string& base, const std::string& series,
              const std::string& more = "");

// A dist-info directory in `directory`; `headers` are further lines of METADATA.
void add_package(MemoryTree& tree, const std::string& directory, const std::string& name,
                 const std::string& version, const std::string& headers = "");

void set_variables(MemoryTree& tree, const std::vector<std::string>& assignments);

facts::Document probe_environments(const target::FileTree& tree, std::vector<std::string> requested = {},
                                   probe::SystemState state = probe::SystemState::running);

// Throws std::logic_error when there is none.
const facts::Subject& environment(const facts::Document& document, std::string_view id);

}  // namespace preflight::test
