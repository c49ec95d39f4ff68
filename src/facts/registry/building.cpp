// What code is compiled with on this machine, ahead of time or when a program runs.
#include "facts/registry/areas.hpp"

namespace preflight::facts {

namespace {

constexpr Field kWheel[] = {
    {"file", Scalar::string, "Name of the file"},
    {"package", Scalar::string, "Normalised name of the package"},
    {"version", Scalar::python_version, "Its version"},
    {"python", Scalar::string, "Python tags, joined by dots: cp310.cp311"},
    {"abi", Scalar::string, "ABI tags: cp310, abi3, none"},
    {"platform", Scalar::string, "Platform tags: manylinux_2_17_x86_64.manylinux2014_x86_64"},
};

constexpr Declaration kBuildingFacts[] = {
    {"compiler.c.path", kString, "The C compiler that Triton would take: $CC, else gcc or clang on PATH"},
    {"compiler.c.kind", kString, "What it is: gcc or clang"},
    {"compiler.c.version", kVersion, "Its version, from its file or the directory of its release"},
    {"compiler.c.headers", kString,
     "Directory of the compiler's own headers (stddef.h); absent when they are missing"},
    {"compiler.cxx.path", kString, "The C++ compiler: $CXX, else c++, g++ or clang++ on PATH"},
    {"compiler.nvcc.path", kString, "The nvcc that PATH leads to"},
    {"compiler.ptxas.path", kString, "The ptxas that PATH leads to"},
    {"compiler.ptxas.version", kVersion, "Version of that ptxas, from the binary"},
    {"linker.libcuda", kString,
     "The libcuda.so that a linker finds for -lcuda: in LIBRARY_PATH, its own directories or beside the "
     "libcuda.so.1 that the loader finds"},
    {"headers.cudnn", kString, "The cudnn.h that a build finds outside of Python packages"},
    {"headers.cudnn_version", kVersion, "Version that this header states"},
    {"project.path", kString,
     "Working directory of this process; absent when it holds no requirements.txt, pyproject.toml, setup.py "
     "or CMakeLists.txt"},
    {"project.requirements", kStringMap,
     "Packages that the project there requires on every Linux machine, by normalised name: "
     "specifier, empty for any version"},
    {"project.wheels", records(kWheel), "Wheel files that it requires by address or path, by their names"},
    {"project.requires_python", kString, "Requires-Python of that project"},
    {"project.compiles_cuda", kBoolean, "Building that project compiles CUDA code"},
    {"project.unisolated", kStrings, "Packages that its [tool.uv] builds without isolation"},
};

}  // namespace

std::span<const Declaration> building_facts() {
  return kBuildingFacts;
}

}  // namespace preflight::facts
