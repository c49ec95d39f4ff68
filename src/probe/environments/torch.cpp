#include "probe/environments/torch.hpp"

#include <algorithm>
#include <optional>
#include <variant>

#include "python/requirement.hpp"
#include "python/torch_files.hpp"

namespace preflight::probe::environments {

namespace {

using facts::Gap;
using target::FileTree;
using target::join_path;

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

// Packages that torch binds to its own build: NVIDIA's wheels, and Triton by any of its names.
bool is_pinned(std::string_view name) {
  return name.starts_with("nvidia-") || name.starts_with("cuda-") || name == "triton" ||
         name.starts_with("pytorch-triton") || name.starts_with("triton-");
}

// The pins that apply here; or why that can't be told.
std::variant<facts::Map, std::string> read_pins(const python::Metadata& metadata,
                                                const python::MarkerEnvironment& markers) {
  facts::Map pins;
  for (const auto& text : metadata.requires_dist) {
    const auto requirement = python::parse_requirement(text);
    if (!requirement) {
      if (is_pinned(text)) return "not a requirement: " + text;
      continue;
    }
    if (!is_pinned(requirement->normalized_name)) continue;
    if (requirement->marker) {
      const auto applies = python::evaluate(*requirement->marker, markers);
      if (!applies || *applies == python::Truth::unknown) return "its marker can't be judged here: " + text;
      if (*applies == python::Truth::no) continue;
    }
    pins.insert_or_assign(requirement->normalized_name, python::to_text(requirement->specifiers));
  }
  return pins;
}

void write_metadata(const Package& package, const python::MarkerEnvironment& markers,
                    facts::SubjectWriter& writer) {
  writer.set("torch.version", package.version, package.path);
  if (!package.problem.empty()) {
    for (const auto* const fact : {"torch.requires_python", "torch.pins"}) {
      writer.unknown(fact, {package.problem, Gap::unreadable}, package.path);
    }
    return;
  }
  set_or_absent(writer, "torch.requires_python", package.metadata.requires_python, package.path);
  auto pins = read_pins(package.metadata, markers);
  if (auto* const map = std::get_if<facts::Map>(&pins)) {
    writer.set("torch.pins", std::move(*map), package.path);
  } else {
    writer.unknown("torch.pins", {std::get<std::string>(pins)}, package.path);
  }
}

}  // namespace

std::optional<std::string> find_torch(const FileTree& files, const ImportPath& import_path) {
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

void write_torch(const FileTree& files, const ImportPath& import_path, const Packages& packages,
                 const python::MarkerEnvironment& markers, facts::SubjectWriter& writer) {
  const auto module = find_torch(files, import_path);
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
  if (package != nullptr) write_metadata(*package, markers, writer);
  if (module) {
    write_build(files, *module, writer);
    write_abi(files, *module, writer);
  }
  writer.rest_unknown("torch.", {module ? "torch has no metadata" : "there is no directory of torch's code"},
                      module ? *module : package->path);
}

}  // namespace preflight::probe::environments
