// A healthy machine as files below a directory: one H100, driver 535.104.05, Ubuntu 22.04, and a virtual
// environment with torch 2.2.0 for CUDA 12.1. Tests break it where they want it broken.
#pragma once

#include <string>

#include "target/temporary_directory.hpp"

namespace preflight::test {

constexpr const char* kNodeEnvironment = "opt/venv";
constexpr const char* kNodePackages = "opt/venv/lib/python3.11/site-packages";

void write_gpu_node(const TemporaryDirectory& root);

// As /proc/driver/nvidia/version states it.
void write_driver_version(const TemporaryDirectory& root, const std::string& version);

// A dist-info directory in the node's environment; `headers` are further lines of METADATA.
void write_package(const TemporaryDirectory& root, const std::string& name, const std::string& version,
                   const std::string& headers = "");

// Where write_package writes METADATA.
std::string metadata_path(const std::string& name, const std::string& version);

}  // namespace preflight::test
