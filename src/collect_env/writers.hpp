// From a dump to facts, by area.
#pragma once

#include <string>

#include "collect_env/dump.hpp"
#include "facts/writer.hpp"

namespace preflight::collect_env {

void write_system(const Dump& dump, facts::FactWriter& writer);
void write_hardware(const Dump& dump, facts::FactWriter& writer);
void write_environment(const Dump& dump, facts::FactWriter& writer);

// "collect_env: Nvidia driver version".
std::string source_of(Field field);

// The system that the dump comes from.
enum class System { linux_kernel, wsl, other, not_shown };
System system_of(const Dump& dump);

}  // namespace preflight::collect_env
