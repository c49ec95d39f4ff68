#include "facts/registry/areas.hpp"

namespace preflight::facts {

namespace {

constexpr Declaration kLibraryFacts[] = {
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
    {"compat.driver_branches", kIntegers,
     "Driver branches that this libcuda may run on, from NVIDIA's note for forward compatibility: 535, 550"},
    {"compat.cuda", kVersion, "CUDA version that this libcuda provides, from the same note"},
};

}  // namespace

std::span<const Declaration> library_facts() {
  return kLibraryFacts;
}

}  // namespace preflight::facts
