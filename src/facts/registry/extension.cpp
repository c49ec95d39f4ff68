#include "facts/registry/areas.hpp"
#include "facts/registry/file_facts.hpp"

namespace preflight::facts {

namespace {

constexpr Declaration kExtensionOnly[] = {
    {"environment", kString, "Prefix of the environment that it is installed in"},
    {"path", kString, "Path of the file, links resolved"},
    {"package", kString, "Normalised name of the package that brought it"},
    {"links_torch", kBoolean, "It is linked to torch's libraries"},
    {"cuda_libraries", kStrings,
     "Libraries of CUDA and cuDNN that it is linked to, by their SONAMEs: libcudart.so.12"},
    {"missing_libraries", kStrings,
     "Libraries that it or its libraries need and the loader doesn't find; those "
     "that come with the driver are left out"},
    {"missing_versions", kStrings,
     "Symbol versions that it needs and the library that would be loaded lacks, as \"GLIBCXX_3.4.32 of "
     "PATH\""},
    {"undefined.count", kInteger, "Symbols that it needs and nothing that would be loaded defines"},
    {"undefined.symbol", kString, "One of them, as the loader's message has it; torch's first"},
    {"undefined.readable", kString, "The same, demangled"},
    {"undefined.origin", kString,
     "Where that symbol ought to be: torch, cuda, driver, python, cxx (the C and C++ libraries) or other"},
    {"undefined.string_abi", kString,
     "The libstdc++ ABI of the std::string in that symbol: cxx11 or old; absent without one"},
    {"undefined.other_abi", kBoolean, "That ABI is another one than torch's", Weight::ordinary,
     Origin::derived},
    {"optional", kBoolean, "Its package can do without it: loading is guarded, or it is one of several",
     Weight::ordinary, Origin::derived},
    {"driver_functions.missing", kStrings, "Driver API functions that it needs and the libcuda found lacks"},
    {"driver_functions.needed", kStrings, "Driver API functions that it is linked to"},
    {"machine", kString, "Processor architecture that it was compiled for: x86_64, aarch64"},
};
constexpr auto kExtensionFacts = with_file_facts(kExtensionOnly);

}  // namespace

std::span<const Declaration> extension_facts() {
  return kExtensionFacts;
}

}  // namespace preflight::facts
