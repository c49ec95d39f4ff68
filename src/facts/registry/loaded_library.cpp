#include "facts/registry/areas.hpp"

namespace preflight::facts {

namespace {

constexpr Declaration kFacts[] = {
    {"environment", kString, "Prefix of the environment whose torch it is loaded for"},
    {"soname", kString, "SONAME; the name that was asked for where the file has none"},
    {"name", kString, "The SONAME without its version: libcudnn, libnccl, libcublasLt"},
    {"path", kString, "Path of the file, links resolved"},
    {"stage", kString,
     "What loads it: program (the interpreter), torch (import torch) or use (when torch or a library first "
     "uses it)"},
    {"needed_by", kString, "Path of the file that asks for it first"},
    {"found_by", kString,
     "What led to the file: start (the interpreter and its loader), LD_PRELOAD, DT_RPATH, LD_LIBRARY_PATH, "
     "DT_RUNPATH, ld.so.cache, default, path (it was asked for by path) or preload (torch's code looked it "
     "up "
     "in nvidia/*)"},
    {"lost", kStrings,
     "Other files of this SONAME that the search would have come to, and the environment's own, in that "
     "order"},
    {"own", kBoolean, "The file is one of the environment's packages"},
    {"own_copy", kString, "The environment's packages hold this file of the same SONAME, which isn't loaded"},
    {"version", kVersion, "Version, from inside the file (libcudnn and its parts, libnccl, libcudart)",
     Weight::ordinary, Origin::derived},
    {"own_copy_version", kVersion, "The same of the environment's own copy that isn't loaded",
     Weight::ordinary, Origin::derived},
    {"needs.glibc", kVersion, "Highest GLIBC symbol version that the file needs"},
    {"needs.glibcxx", kVersion, "Highest GLIBCXX symbol version that the file needs"},
    {"needs.cxxabi", kVersion, "Highest CXXABI symbol version that the file needs"},
    {"executable_stack", kBoolean, "The file asks for an executable stack"},
    {"gpu_code.sass", kStrings,
     "GPU architectures that it has machine code for: sm_80, sm_90a; empty without"},
    {"gpu_code.ptx", kStrings, "GPU architectures that it has PTX for: compute_90; empty without"},
    {"gpu_code.ptx_version", kVersion,
     "Newest version of the PTX language among its PTX: 8.7; absent without"},
    {"gpu_code.stub", kBoolean,
     "That code is empty: its kernels stand where no tool reads them, as in cuFFT since CUDA 12.4"},
    {"gpu_code.compressed", kBoolean, "Some of its GPU code is compressed"},
};

}  // namespace

std::span<const Declaration> loaded_library_facts() {
  return kFacts;
}

}  // namespace preflight::facts
