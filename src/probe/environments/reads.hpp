// What finding and reading Python environments asks the file tree for, for the declarations of probes.
#pragma once

#include <string_view>

#include "probe/reading.hpp"

namespace preflight::probe::environments {

inline constexpr std::string_view kReads[] = {
    "/proc/self/environ",
    "/proc/self/cwd",
    kKernelReleasePath,
    "/proc/sys/kernel/version",
    // Where environments may be.
    "/opt",
    "/opt/*",
    "/opt/conda/envs",
    "/usr/bin",
    "/usr/local/bin",
    "/home",
    "/workspace/.venv",
    "**/*conda3",
    "**/*forge",
    "**/*forge3",
    "**/envs",
    "**/.conda/environments.txt",
    "**/.pyenv/**",
    "**/.local/share/uv/python",
    "**/.virtualenvs",
    "**/.python-version",
    "**/pyvenv.cfg",
    "**/.venv",
    "**/venv",
    // What an environment consists of.
    "**/bin/python*",
    "**/bin/pypy*",
    "**/lib/**",
    "**/lib64/**",
    "**/include/**",
    "**/conda-meta",
    "**/*.dist-info/METADATA",
    "**/*.egg-info/**",
};

}  // namespace preflight::probe::environments
