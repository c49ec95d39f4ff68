// Facts of an interpreter: exact version, implementation, machine, header directory.
#pragma once

#include <optional>
#include <string>

#include "facts/writer.hpp"
#include "probe/environments/installation.hpp"

namespace preflight::probe::environments {

struct InterpreterVersion {
  std::optional<std::string> text;  // "3.11.7"
  std::string source;               // where it was read, or looked for
  std::string reason;               // why it is unknown
};

// From patchlevel.h of the base, conda's record, or the strings of the binary or its libpython. The version
// in pyvenv.cfg isn't taken: a virtual environment outlives upgrades of its base.
InterpreterVersion find_version(const target::FileTree& files, const Installation& installation);

// "x86_64" or "aarch64" as platform.machine() names it, from the ELF header of the interpreter.
std::optional<std::string> find_machine(const target::FileTree& files, const Installation& installation);

// "cpython" or "pypy".
std::string implementation_of(const Installation& installation);

// Sets python.*.
void write_interpreter(const target::FileTree& files, const Installation& installation,
                       const InterpreterVersion& version, facts::SubjectWriter& writer);

}  // namespace preflight::probe::environments
