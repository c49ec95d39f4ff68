#include "probe/environments/torch.hpp"

#include <algorithm>
#include <optional>

#include "probe/environments/metadata_file.hpp"
#include "python/torch_files.hpp"
#include "support/text.hpp"

namespace preflight::probe::environments {

namespace {

using facts::Gap;
using target::FileTree;
using target::join_path;

std::optional<std::string> find_module(const FileTree& files, const ImportPath& import_path) {
  for (const auto& directory : import_path.directories) {
    const auto found = std::ranges::find(directory.entries, "torch", &target::DirectoryEntry::name);
    if (found == directory.entries.end()) continue;
    auto path = join_path(directory.path, "torch");
    // A directory without code, left behind by an uninstallation, isn't what gets imported.
    if (files.exists(join_path(path, "__init__.py")) || files.exists(join_path(path, "version.py")))
      return path;
  }
  return {};
}

void set_or_absent(facts::SubjectWriter& writer, std::string_view path, const std::string& value,
                   std::string_view source) {
  if (value.empty()) {
    writer.absent(path, source);
  } else {
    writer.set(path, value, source);
  }
}

std::string_view variant_of(const python::TorchBuild& build) {
  if (!build.hip.empty()) return "rocm";
  if (!build.cuda.empty()) return "cuda";
  if (!build.xpu.empty() || build.version.ends_with("+xpu")) return "xpu";
  return "cpu";
}

void write_build(const FileTree& files, const std::string& module, facts::SubjectWriter& writer) {
  const auto path = join_path(module, "version.py");
  const auto text = files.read(path);
  if (!text) {
    const facts::Unknown why{text.error().message, Gap::unreadable};
    for (const auto* const fact : {"torch.variant", "torch.cuda", "torch.hip", "torch.git"})
      writer.unknown(fact, why, path);
    return;
  }
  const auto build = python::parse_torch_version_file(*text);
  if (build.version.empty()) {
    const facts::Unknown why{"states no __version__", Gap::unreadable};
    for (const auto* const fact : {"torch.variant", "torch.cuda", "torch.hip", "torch.git"})
      writer.unknown(fact, why, path);
    return;
  }
  writer.set("torch.version", build.version, path);
  writer.set("torch.variant", variant_of(build), path);
  set_or_absent(writer, "torch.cuda", build.cuda, path);
  set_or_absent(writer, "torch.hip", build.hip, path);
  set_or_absent(writer, "torch.git", build.git, path);
}

void write_abi(const FileTree& files, const std::string& module, facts::SubjectWriter& writer) {
  const auto config = join_path(module, "share/cmake/Torch/TorchConfig.cmake");
  if (const auto text = files.read(config)) {
    if (const auto abi = python::read_cxx11_abi_of_cmake(*text)) {
      writer.set("torch.cxx11_abi", *abi, config);
      return;
    }
  }
  const auto code = join_path(module, "__init__.py");
  if (const auto text = files.read(code)) {
    if (const auto abi = python::read_cxx11_abi_of_module(*text)) {
      writer.set("torch.cxx11_abi", *abi, code);
      return;
    }
  }
  writer.unknown("torch.cxx11_abi", {"neither TorchConfig.cmake nor __init__.py states it"}, config);
}

}  // namespace

void write_torch(const FileTree& files, const ImportPath& import_path, const Packages& packages,
                 facts::SubjectWriter& writer) {
  const auto module = find_module(files, import_path);
  const auto* const package = packages.find("torch");
  if (!module && package == nullptr) {
    if (import_path.problems.empty() && packages.problems.empty()) {
      writer.rest_absent("torch.", writer.id());
    } else {
      const auto& problems = import_path.problems.empty() ? packages.problems : import_path.problems;
      writer.rest_unknown("torch.", {problems.front(), Gap::unreadable}, writer.id());
    }
    return;
  }
  writer.unknown("torch.cuda_available", {"files do not show what a running torch answers"}, "");
  if (package != nullptr) {
    writer.set("torch.version", package->version, package->path);
    if (package->headers.empty()) {
      writer.unknown("torch.requires_python", {package->problem, Gap::unreadable}, package->path);
    } else {
      set_or_absent(writer, "torch.requires_python",
                    std::string(first_header(package->headers, "Requires-Python")), package->path);
    }
  }
  if (module) {
    write_build(files, *module, writer);
    write_abi(files, *module, writer);
  }
  writer.rest_unknown("torch.", {module ? "torch has no metadata" : "there is no directory of torch's code"},
                      module ? *module : package->path);
}

}  // namespace preflight::probe::environments
