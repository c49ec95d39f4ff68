#include "facts/registry/areas.hpp"

namespace preflight::facts {

namespace {

constexpr Declaration kToolkitFacts[] = {
    {"path", kString, "Directory of the toolkit"},
    {"version", kVersion, "Version of the toolkit, from version.json, version.txt or cuda.h"},
    {"nvcc_version", kVersion, "Version of its nvcc, from the binary; absent when there is no compiler"},
    {"chosen", kBoolean,
     "It is the one that builds take: of CUDA_HOME or CUDA_PATH, else of the nvcc on PATH, else "
     "/usr/local/cuda"},
    {"linked", kStrings, "Links that lead to it, such as /usr/local/cuda"},
};

}  // namespace

std::span<const Declaration> toolkit_facts() {
  return kToolkitFacts;
}

}  // namespace preflight::facts
