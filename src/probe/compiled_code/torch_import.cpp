#include "probe/compiled_code/torch_import.hpp"

#include <algorithm>

#include "probe/compiled_code/late_loads.hpp"
#include "python/file_pattern.hpp"
#include "python/torch_files.hpp"
#include "python/torch_preloads.hpp"
#include "support/version.hpp"

namespace preflight::probe::compiled_code {

namespace {

using loader::Failure;
using loader::ObjectIndex;
using loader::OnFailure;
using loader::Visibility;
using target::FileTree;
using target::join_path;

constexpr std::size_t kLargestModule = std::size_t{4} << 20U;

// CUDA's major version of the torch in this directory; 0 when it is built without.
int cuda_major_of(const FileTree& files, const std::string& torch) {
  const auto text = files.read(join_path(torch, "version.py"));
  if (!text) return 0;
  const auto version = parse_dotted_version(python::parse_torch_version_file(*text).cuda);
  return version ? static_cast<int>(version->at(0)) : 0;
}

// The module torch._C, which Python finds by the suffixes of its own version first.
std::string extension_module(const FileTree& files, const environments::Installation& python,
                             const std::string& torch) {
  const auto entries = files.list(torch);
  if (!entries) return {};
  std::string tag = python.library;  // "python3.11" has modules of "cpython-311"
  std::erase(tag, '.');
  if (tag.starts_with("python")) tag = "cpython-" + tag.substr(6);
  std::string stable;
  for (const auto& entry : *entries) {
    if (!entry.name.starts_with("_C.") || !entry.name.ends_with(".so")) continue;
    if (entry.name.starts_with("_C." + tag + "-")) return join_path(torch, entry.name);
    if (entry.name == "_C.abi3.so" || entry.name == "_C.so") stable = join_path(torch, entry.name);
  }
  return stable;
}

// What opens libraries for Python: libpython, or the interpreter where it is linked statically.
ObjectIndex caller_of(const loader::Process& process) {
  const auto& objects = process.objects();
  const auto found = std::ranges::find_if(
      objects, [](const loader::Object& object) { return object.soname().starts_with("libpython"); });
  return found == objects.end() ? 0 : static_cast<ObjectIndex>(found - objects.begin());
}

class Import {
 public:
  Import(const FileTree& files, const environments::ImportPath& import_path, const std::string& torch,
         loader::Process& process, TorchImport& result)
      : files_(files), import_path_(import_path), torch_(torch), process_(process), result_(result) {}

  void load_global_dependencies(const python::TorchPreloads& preloads) {
    const auto path = join_path(torch_, "lib/libtorch_global_deps.so");
    const auto opened = process_.open(path, result_.caller, Visibility::global);
    if (opened.failures.empty()) {
      if (maps_contain(preloads.condition)) (void)preload(preloads, preloads.after);
      return;
    }
    const auto& first = opened.failures.front();
    if (python::is_about(preloads.on_error, first.name + ": " + first.reason) &&
        preload(preloads, preloads.on_error)) {
      keep(process_.open(path, result_.caller, Visibility::global, OnFailure::keep).failures);
      return;
    }
    keep(opened.failures);
    (void)process_.open(path, result_.caller, Visibility::global, OnFailure::keep);
  }

  void load_module(const std::string& path) {
    keep(process_.open(path, result_.caller, Visibility::local, OnFailure::keep).failures);
  }

 private:
  void keep(const std::vector<Failure>& failures) {
    for (const auto& failure : failures) {
      const auto is_same = [&](const Failure& other) { return other.name == failure.name; };
      if (std::ranges::none_of(result_.failures, is_same)) result_.failures.push_back(failure);
    }
  }

  bool maps_contain(std::string_view text) const {
    return !text.empty() && std::ranges::any_of(process_.objects(), [&](const loader::Object& object) {
      return object.image->path.find(text) != std::string::npos;
    });
  }

  // The first file that the search of torch's Python code comes to; empty without one.
  std::string find(const python::TorchPreloads& preloads, const python::Preload& wanted,
                   int cuda_major) const {
    for (const auto& directory : import_path_.directories) {
      if (preloads.only_beside_nvidia && !files_.exists(join_path(directory.path, "nvidia"))) continue;
      for (const auto& folder : python::preload_directories(preloads, wanted.folder, cuda_major)) {
        const auto path = join_path(directory.path, folder);
        const auto entries = files_.list(path);
        if (!entries) continue;
        const auto found = std::ranges::find_if(*entries, [&](const target::DirectoryEntry& entry) {
          return python::matches_file_pattern(wanted.pattern, entry.name);
        });
        if (found != entries->end()) return join_path(path, found->name);
      }
    }
    return {};
  }

  // False when one that is required couldn't be loaded: Python raises an exception there.
  bool preload(const python::TorchPreloads& preloads, const std::vector<python::Preload>& wanted) {
    const int cuda_major = cuda_major_of(files_, torch_);
    for (const auto& one : wanted) {
      if (cuda_major < one.least_cuda_major) continue;
      const auto path = find(preloads, one, cuda_major);
      if (path.empty()) {
        if (one.required) return false;
        continue;
      }
      const auto before = process_.objects().size();
      const auto opened = process_.open(path, result_.caller, Visibility::local);
      if (!opened.failures.empty()) return false;
      if (opened.object >= before) {
        result_.preloaded.resize(opened.object + 1, false);
        result_.preloaded[opened.object] = true;
      }
    }
    return true;
  }

  const FileTree& files_;
  const environments::ImportPath& import_path_;
  const std::string& torch_;
  loader::Process& process_;
  TorchImport& result_;
};

}  // namespace

std::string_view to_text(Stage stage) {
  switch (stage) {
    case Stage::program:
      return "program";
    case Stage::torch:
      return "torch";
    case Stage::use:
      return "use";
  }
  return "";
}

TorchImport import_torch(const FileTree& files, const environments::Installation& python,
                         const environments::ImportPath& import_path, const std::string& torch,
                         loader::Process& process) {
  TorchImport result;
  const auto module = extension_module(files, python, torch);
  if (module.empty()) {
    result.problem = "torch has no compiled module for this Python";
    return result;
  }
  const auto text = files.read(join_path(torch, "__init__.py"), kLargestModule);
  if (!text) {
    result.problem = "torch/__init__.py: " + text.error().message;
    return result;
  }
  const auto preloads = python::read_torch_preloads(*text);
  if (!preloads) {
    result.problem = "torch/__init__.py: " + preloads.error().message;
    return result;
  }
  result.failures = process.start(python.real_executable);
  if (process.objects().empty()) return result;
  result.stages.resize(process.objects().size(), Stage::program);
  result.caller = caller_of(process);

  Import import(files, import_path, torch, process, result);
  import.load_global_dependencies(*preloads);
  import.load_module(module);
  open_late(files, Moment::load, process);
  result.stages.resize(process.objects().size(), Stage::torch);
  open_late(files, Moment::use, process);
  result.stages.resize(process.objects().size(), Stage::use);
  result.preloaded.resize(process.objects().size(), false);
  return result;
}

}  // namespace preflight::probe::compiled_code
