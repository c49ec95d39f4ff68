#include "probe/compiled_code/late_loads.hpp"

#include <algorithm>
#include <optional>
#include <span>

#include "elf/contents.hpp"
#include "probe/libraries/version.hpp"
#include "support/version.hpp"

namespace preflight::probe::compiled_code {

namespace {

using loader::ObjectIndex;
using target::FileTree;

struct LateLoad {
  std::string_view opener;  // what its SONAME begins with
  Moment moment;
  // Names without a version get that of the opener, ".so.9"; others stand as they are.
  std::span<const std::string_view> names;
};

constexpr std::string_view kDriver[] = {"libcuda.so.1"};
constexpr std::string_view kDriverAndManagement[] = {"libcuda.so.1", "libnvidia-ml.so.1"};
constexpr std::string_view kFuser[] = {"libnvfuser_codegen.so"};
constexpr std::string_view kTorch[] = {"libcaffe2_nvrtc.so", "libtorch_cuda_linalg.so"};
constexpr std::string_view kNcclPlugins[] = {"libnccl-net.so"};
constexpr std::string_view kCudnn8[] = {"libcudnn_ops_infer", "libcudnn_ops_train", "libcudnn_cnn_infer",
                                        "libcudnn_cnn_train", "libcudnn_adv_infer", "libcudnn_adv_train"};
constexpr std::string_view kCudnn9[] = {"libcudnn_graph", "libcudnn_ops", "libcudnn_cnn", "libcudnn_adv"};
constexpr std::string_view kCudnnGraph[] = {"libcudnn_engines_precompiled",
                                            "libcudnn_engines_runtime_compiled", "libcudnn_heuristic",
                                            "libcudnn_engines_tensor_ir"};

constexpr LateLoad kLateLoads[] = {
    {"libtorch_cpu.so", Moment::load, kFuser},
    {"libcublasLt.so.", Moment::load, kDriver},
    {"libcusparseLt", Moment::load, kDriver},
    {"libcudart.so.", Moment::use, kDriver},
    {"libc10_cuda.so", Moment::use, kDriverAndManagement},
    {"libcudnn.so.8", Moment::use, kCudnn8},
    {"libcudnn.so.9", Moment::use, kCudnn9},
    {"libcudnn_graph.so.9", Moment::use, kCudnnGraph},
    {"libtorch_cuda.so", Moment::use, kTorch},
    {"libnccl.so.2", Moment::use, kNcclPlugins},
};

std::optional<ObjectIndex> find_opener(const loader::Process& process, std::string_view prefix) {
  const auto& objects = process.objects();
  const auto found = std::ranges::find_if(
      objects, [&](const loader::Object& object) { return object.soname().starts_with(prefix); });
  if (found == objects.end()) return std::nullopt;
  return static_cast<ObjectIndex>(found - objects.begin());
}

// The names that cuDNN 9 tries for its parts, as its own version 9.10.2 has them: ".so.9.10.2", ".so.9.10",
// ".so.9". cuDNN 8 asks for ".so.8" alone.
std::vector<std::string> version_endings(const FileTree& files, const loader::Image& opener,
                                         std::string_view soname) {
  const std::string major(soname.substr(soname.find(".so")));
  if (major != ".so.9") return {major};
  const auto version = libraries::cudnn_version(files, opener.file, opener.path);
  if (!version) return {major};
  const auto numbers = parse_dotted_version(version->version);
  if (!numbers || numbers->at(0) != 9) return {major};
  const auto minor = major + "." + std::to_string(numbers->at(1));
  return {minor + "." + std::to_string(numbers->at(2)), minor, major};
}

void open_first(loader::Process& process, const std::vector<std::string>& names, ObjectIndex opener) {
  for (const auto& name : names) {
    if (process.open(name, opener, loader::Visibility::local).failures.empty()) return;
  }
}

void open_names(const FileTree& files, const LateLoad& load, ObjectIndex opener, loader::Process& process) {
  std::vector<std::string> endings;
  for (const auto name : load.names) {
    if (name.find(".so") != std::string_view::npos) {
      open_first(process, {std::string(name)}, opener);
      continue;
    }
    if (endings.empty()) {
      const auto& object = process.objects()[opener];
      endings = version_endings(files, *object.image, object.soname());
    }
    std::vector<std::string> names;
    names.reserve(endings.size());
    for (const auto& ending : endings) names.push_back(std::string(name) + ending);
    open_first(process, names, opener);
  }
}

// The cuSPARSELt in the wheels of torch 2.2 also opens NVRTC, under a name without a version.
void open_compiler_of_sparse_library(loader::Process& process) {
  const auto opener = find_opener(process, "libcusparseLt");
  if (!opener) return;
  // auditwheel's tag in the file's name tells those wheels from NVIDIA's.
  if (!target::base_name(process.objects()[*opener].image->path).starts_with("libcusparseLt-")) return;
  constexpr std::string_view kName = "libnvrtc.so";
  constexpr std::uint64_t kMostText = std::uint64_t{4} << 20U;
  const auto& file = process.objects()[*opener].image->file;
  const auto section = file.section(".rodata");
  if (!section) return;
  const auto asks =
      elf::find_text(file, *section, kName, kMostText, [&](std::string_view text) { return text == kName; });
  if (asks && *asks) open_first(process, {std::string(kName)}, *opener);
}

// NVRTC opens the built-in functions of exactly its own CUDA release, which stand beside it.
void open_built_in_functions(const FileTree& files, loader::Process& process) {
  const auto opener = find_opener(process, "libnvrtc.so.");
  if (!opener) return;
  constexpr std::string_view kPrefix = "libnvrtc-builtins.so.";
  const auto entries = files.list(target::parent_path(process.objects()[*opener].image->path));
  if (!entries) return;
  for (const auto& entry : *entries) {
    if (!entry.name.starts_with(kPrefix)) continue;
    const auto version = parse_dotted_version(std::string_view(entry.name).substr(kPrefix.size()));
    if (version && version->numbers.size() == 2) {
      open_first(process, {entry.name}, *opener);
      return;
    }
  }
}

}  // namespace

void open_late(const FileTree& files, Moment moment, loader::Process& process) {
  for (const auto& load : kLateLoads) {
    if (load.moment != moment) continue;
    if (const auto opener = find_opener(process, load.opener)) open_names(files, load, *opener, process);
  }
  if (moment == Moment::load) {
    open_compiler_of_sparse_library(process);
  } else {
    open_built_in_functions(files, process);
  }
}

}  // namespace preflight::probe::compiled_code
