#include "facts/registry/areas.hpp"
#include "facts/registry/file_facts.hpp"

namespace preflight::facts {

namespace {

constexpr Declaration kLoadedLibraryOnly[] = {
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
};
constexpr auto kLoadedLibraryFacts = with_file_facts(kLoadedLibraryOnly);

}  // namespace

std::span<const Declaration> loaded_library_facts() {
  return kLoadedLibraryFacts;
}

}  // namespace preflight::facts
