#include "facts/registry/areas.hpp"

namespace preflight::facts {

namespace {

constexpr Field kUnmet[] = {
    {"package", Scalar::string, "Normalised name of the package that requires"},
    {"version", Scalar::python_version, "Its version"},
    {"requirement", Scalar::string, "The requirement, as pip prints it"},
    {"required", Scalar::string, "Normalised name of the package that is required"},
    {"installed", Scalar::string, "Installed version of the required package; empty when it is missing"},
};

constexpr Field kUnmetPython[] = {
    {"package", Scalar::string, "Normalised name of the package that requires"},
    {"version", Scalar::python_version, "Its version"},
    {"requires_python", Scalar::string, "Its Requires-Python"},
};

constexpr Field kUndecided[] = {
    {"package", Scalar::string, "Normalised name of the package that requires"},
    {"version", Scalar::python_version, "Its version"},
    {"requirement", Scalar::string,
     "The requirement as its metadata states it; empty when none could be read"},
    {"reason", Scalar::string, "Why it can't be told whether it is met"},
};

constexpr Field kShadowed[] = {
    {"package", Scalar::string, "Normalised name of the package"},
    {"version", Scalar::python_version, "Version of the copy that is imported"},
    {"path", Scalar::string, "Its metadata directory"},
    {"other_version", Scalar::string, "Version of the copy that is hidden"},
    {"other_path", Scalar::string, "Metadata directory of that copy"},
};

constexpr Field kMissing[] = {
    {"soname", Scalar::string, "The library that the loader doesn't find"},
    {"needed_by", Scalar::string, "Path of the file that asks for it"},
    {"reason", Scalar::string, "What the loader would say"},
};

constexpr Field kUndefined[] = {
    {"symbol", Scalar::string, "The symbol, as the loader's message has it"},
    {"readable", Scalar::string, "The same, demangled"},
    {"file", Scalar::string, "Path of the library that needs it"},
    {"origin", Scalar::string, "Where it ought to be: torch, cuda, driver, python, cxx or other"},
};

constexpr Declaration kEnvironmentFacts[] = {
    {"prefix", kString, "Directory of the environment (sys.prefix)"},
    {"kind", kString, "venv, conda, pyenv, uv, system or target"},
    {"active", kBoolean, "It is the environment that python on PATH (or VIRTUAL_ENV, CONDA_PREFIX) leads to"},
    {"requested", kBoolean, "It was asked for by name"},
    {"python.version", kPythonVersion, "Exact version of the interpreter"},
    {"python.implementation", kString, "cpython or pypy"},
    {"python.executable", kString, "Path of the interpreter"},
    {"python.include", kString, "Directory of the interpreter's Python.h; absent when it is not installed"},
    {"site_packages", kStrings, "Directories that packages are imported from, in search order"},
    {"packages", kPythonVersionMap, "Installed packages by normalised name: the copy that is imported",
     Weight::core},
    {"conda_packages", kStringMap, "Packages that conda-meta records, by name: version"},
    {"duplicates", records(kShadowed), "Packages with more than one copy on the import path"},
    {"requirements.unmet", records(kUnmet),
     "What Requires-Dist of the installed packages asks for and is not there", Weight::ordinary},
    {"requirements.undecided", records(kUndecided),
     "Requirements of the installed packages that can't be judged; not among the unmet ones"},
    {"requirements.unmet_python", records(kUnmetPython),
     "Installed packages whose Requires-Python excludes this interpreter"},
    {"torch.version", kPythonVersion, "torch's version, from its version.py, else its metadata"},
    {"torch.variant", kString, "What torch was built for: cuda, rocm, xpu or cpu"},
    {"torch.cuda", kVersion, "CUDA version that torch was built with; absent for CPU and ROCm builds"},
    {"torch.hip", kString, "HIP version that torch was built with; absent for builds other than ROCm"},
    {"torch.cuda_available", kBoolean,
     "What torch.cuda.is_available() answered, as a dump reports it; files alone don't show it"},
    {"torch.git", kString, "Git commit that torch was built from"},
    {"torch.cxx11_abi", kBoolean, "torch was built with the new libstdc++ ABI (_GLIBCXX_USE_CXX11_ABI=1)"},
    {"torch.published_cxx11_abi", kBoolean,
     "Whether the published build of this version of torch has the new ABI; unknown for conda's and others",
     Weight::ordinary, Origin::derived},
    {"torch.pins", kStringMap,
     "What torch's metadata requires of nvidia-*, cuda-* and triton packages here: name to specifier"},
    {"torch.requires_python", kString, "Requires-Python of torch's metadata"},
    {"torch.cudnn", kVersion, "cuDNN that torch was compiled with, from the table of official wheels",
     Weight::ordinary, Origin::derived},
    {"jaxlib.cudnn", kVersion,
     "cuDNN that jaxlib was compiled with, from its local version or the table of its CUDA plugin",
     Weight::ordinary, Origin::derived},
    {"built_for_torch", kPythonVersionMap,
     "torch that installed packages were compiled for, by package, where they record it: xformers does"},
    {"built_for_cuda", kVersionMap,
     "CUDA that installed packages are compiled for, by package: of their local version (+cu121), their name "
     "(cupy-cuda12x), or the table of wheels on PyPI; a major version only where that is all it tells",
     Weight::ordinary, Origin::derived},
    {"local_versions", kStringMap,
     "Local version identifiers of the installed packages that have one, by package, in lower case: "
     "cu12torch2.6cxx11abifalse of flash-attn 2.7.4+cu12torch2.6cxx11abiFALSE",
     Weight::ordinary, Origin::derived},
    {"torch.pinned_cuda", kVersion,
     "CUDA version that torch's pins on NVIDIA's runtime packages name; absent when they name none",
     Weight::ordinary, Origin::derived},
    {"torch.default_cuda", kVersion,
     "CUDA version of the build that PyPI holds of this release of torch: a hint where the version has no "
     "CUDA tag; absent where it has one, and for builds that are not PyPI's",
     Weight::ordinary, Origin::derived},
    {"torch.published_sass", kStrings,
     "GPU architectures that PyTorch's own x86_64 wheel of this version has machine code for, from the "
     "table: of the wheel of its CUDA version, all wheels of the release together where that is unknown, and "
     "all wheels for its CUDA where the release is; absent for conda's and other builds",
     Weight::ordinary, Origin::derived},
    {"torch.published_ptx", kStrings, "The same of PTX", Weight::ordinary, Origin::derived},
    {"load.missing", records(kMissing),
     "Libraries that import torch needs and the loader doesn't find; it fails with the first of them"},
    {"load.undefined", records(kUndefined),
     "Symbols that torch's libraries need and nothing that would be loaded defines; at most 20"},
    {"load.missing_versions", kStrings,
     "Symbol versions that torch's libraries need and the library that would be loaded lacks, as "
     "\"GLIBCXX_3.4.32 "
     "of PATH\""},
    {"gpu_code.sass", kStrings,
     "GPU architectures that nearly every kernel of torch was compiled for: sm_80, sm_90"},
    {"gpu_code.ptx", kStrings, "GPU architectures that nearly every kernel of torch has PTX for: compute_90"},
    {"triton.ptxas", kVersion, "CUDA version of the assembler (ptxas) in Triton's package"},
    {"triton.ptxas_blackwell", kVersion,
     "CUDA version of the second assembler (ptxas-blackwell) that some releases of Triton have for sm_100 "
     "and "
     "newer, the latest for sm_90 too"},
    {"nvidia.cuda_majors", kStrings, "CUDA majors of the installed nvidia-* wheels: cu11, cu12, cu13",
     Weight::ordinary, Origin::derived},
    {"nvidia.nccl_wheels", kStrings, "Installed nvidia-nccl-cu* wheels, as name==version", Weight::ordinary,
     Origin::derived},
};

}  // namespace

std::span<const Declaration> environment_facts() {
  return kEnvironmentFacts;
}

}  // namespace preflight::facts
