#include "facts/registry/areas.hpp"

namespace preflight::facts {

namespace {

constexpr Declaration kFacts[] = {
    {"path", kString, "Path of the file, links resolved"},
    {"name", kString,
     "Which library: libcuda, libnvidia-ml, libnvidia-ptxjitcompiler, libnccl, libcudnn, libcudart"},
    {"soname", kString, "SONAME in the dynamic section"},
    {"version", kVersion, "Version, from inside the file"},
    {"cuda", kVersion, "CUDA version that the file says it was built with (NCCL)"},
    {"kind", kString,
     "driver, stub (for linking only), compat (forward compatibility), toolkit, system or python (in a "
     "Python "
     "environment)"},
    {"search_position", kInteger,
     "Place among the copies of its SONAME that the loader's search finds (0 is taken); absent when off the "
     "search path"},
    {"found_by", kString,
     "What puts it on the search path: LD_PRELOAD, LD_LIBRARY_PATH, ld.so.cache or default"},
    {"compat.driver_branches", kStrings, "Driver branches that this compat library says it may run on"},
    {"compat.min_driver", kVersion, "Oldest driver that this compat library says it may run on"},
    {"compat.cuda", kVersion, "CUDA version that this compat library provides"},
};

}  // namespace

std::span<const Declaration> library_facts() {
  return kFacts;
}

}  // namespace preflight::facts
