#include "report/stack.hpp"

#include <algorithm>
#include <map>

#include "report/load_map_parts.hpp"
#include "support/text.hpp"

namespace preflight::report {

namespace {

using facts::Document;
using facts::Fact;
using facts::Subject;

constexpr std::size_t kMostEnvironments = 4;

// The fact's text, or what its state means: `if_absent`, or "unknown".
std::string text_of(const Subject& subject, std::string_view path, std::string_view if_absent) {
  const Fact* fact = subject.find(path);
  if (fact == nullptr) return "unknown";
  if (const auto* why = fact->unknown()) return "unknown (" + why->reason + ")";
  return fact->absent() ? std::string(if_absent) : facts::to_text(*fact->value());
}

std::string gpu_name(const Subject& gpu) {
  const std::string* name = gpu.text("name");
  if (name == nullptr) name = gpu.text("model.name");
  if (name != nullptr) return *name;
  const std::string* pci = gpu.text("pci_id");
  return pci != nullptr ? "unknown model (" + *pci + ")" : "unknown model";
}

std::string gpus_text(const Document& document) {
  const auto gpus = document.of_kind("gpu");
  if (gpus.empty()) {
    const std::string count = text_of(document.host(), "gpus", "none found");
    return count == "0" ? "none found" : count;
  }
  std::map<std::string, std::size_t> counts;
  for (const auto* gpu : gpus) {
    std::string text = gpu_name(*gpu);
    if (const auto* capability = gpu->text("model.compute_capability")) {
      text += " (compute capability " + *capability + ")";
    }
    ++counts[text];
  }
  std::vector<std::string> parts;
  parts.reserve(counts.size());
  for (const auto& [text, count] : counts) parts.push_back(std::to_string(count) + " x " + text);
  return join(parts, ", ");
}

std::string driver_text(const Document& document) {
  const Subject& host = document.host();
  std::string text = text_of(host, "driver.module_version", "kernel module not loaded");
  if (const auto* flavour = host.text("driver.module_flavour")) text += ", " + *flavour + " kernel module";
  const auto* library = host.text("driver.library_version");
  const auto* kind = host.text("driver.libcuda_kind");
  if (library != nullptr) {
    text += ", libcuda " + *library;
    if (kind != nullptr && *kind != "driver") text += " (" + *kind + ")";
  } else if (const Fact* fact = host.find("driver.library_version"); fact != nullptr && fact->absent()) {
    text += ", no libcuda found";
  }
  return text;
}

std::string toolkits_text(const Document& document) {
  std::vector<std::string> parts;
  for (const auto* toolkit : document.of_kind("toolkit")) {
    parts.push_back(text_of(*toolkit, "version", "unknown version") + " (" + toolkit->id + ")");
  }
  return parts.empty() ? "no toolkit found" : "toolkit " + join(parts, ", ");
}

std::string torch_text(const Subject& environment) {
  const auto* version = environment.text("torch.version");
  if (version == nullptr) return text_of(environment, "torch.version", "not installed");
  const auto* variant = environment.text("torch.variant");
  const auto* cuda = environment.text("torch.cuda");
  if (cuda != nullptr) return *version + ", built for CUDA " + *cuda;
  if (variant != nullptr)
    return *version + (*variant == "cpu" ? ", built for the CPU only" : ", built for " + *variant);
  return *version;
}

// The libraries of this name that torch would load, as far as that is known: their versions, and the paths of
// those that aren't the environment's own.
std::vector<std::string> loaded_libraries(const Subjects& loaded, std::string_view name) {
  std::vector<std::string> parts;
  for (const auto* library : loaded) {
    if (text_or(*library, "name", "") != name) continue;
    parts.push_back(text_or(*library, "version", "unknown version"));
    const bool* own = library->boolean("own");
    if (own == nullptr || !*own) parts.back() += " from " + text_or(*library, "path", "an unknown path");
  }
  return parts;
}

// The libraries of this name inside the environment, with their versions.
std::vector<std::string> installed_libraries(const Document& document, const Subject& environment,
                                             std::string_view name) {
  std::vector<std::string> parts;
  const std::string* prefix = environment.text("prefix");
  for (const auto* library : document.of_kind("library")) {
    const std::string* library_name = library->text("name");
    if (library_name == nullptr || *library_name != name || prefix == nullptr) continue;
    if (library->id.starts_with(*prefix + "/"))
      parts.push_back(text_of(*library, "version", "unknown version"));
  }
  return parts;
}

std::string libraries_text(const Document& document, const Subject& environment, const Subjects& loaded,
                           std::string_view name) {
  auto parts = loaded_libraries(loaded, name);
  if (parts.empty()) parts = installed_libraries(document, environment, name);
  std::ranges::sort(parts);
  parts.erase(std::unique(parts.begin(), parts.end()), parts.end());
  return join(parts, ", ");
}

void add_environment(std::vector<StackLine>& lines, const Document& document, const Subject& environment,
                     const Subjects& loaded) {
  std::string python = text_of(environment, "python.version", "unknown version") + " in " + environment.id;
  if (environment.is_true("active")) python += " (active)";
  lines.push_back({"Python", python});
  lines.push_back({"torch", torch_text(environment)});
  for (const auto& [name, label] : {std::pair{"libnccl", "NCCL"}, std::pair{"libcudnn", "cuDNN"}}) {
    const std::string found = libraries_text(document, environment, loaded, name);
    if (!found.empty()) lines.push_back({label, found});
  }
}

}  // namespace

std::vector<StackLine> stack_lines(const Document& document) {
  std::vector<StackLine> lines = {
      {"GPUs", gpus_text(document)}, {"driver", driver_text(document)}, {"CUDA", toolkits_text(document)}};
  auto environments = document.of_kind("environment");
  std::ranges::stable_sort(environments, [](const Subject* left, const Subject* right) {
    const auto rank = [](const Subject* environment) {
      return 4 * static_cast<int>(environment->is_true("requested")) +
             2 * static_cast<int>(environment->text("torch.version") != nullptr) +
             static_cast<int>(environment->is_true("active"));
    };
    return rank(left) > rank(right);
  });
  const auto loaded = parts_of_environments(document, "loaded_library");
  std::size_t shown = 0;
  for (const auto* environment : environments) {
    const bool matters = environment->text("torch.version") != nullptr || environment->is_true("active") ||
                         environment->is_true("requested");
    if (!matters || shown == kMostEnvironments) continue;
    add_environment(lines, document, *environment, parts_of(loaded, *environment));
    ++shown;
  }
  if (environments.empty()) {
    const std::string count = text_of(document.host(), "environments", "no environment found");
    lines.push_back({"Python", count == "0" ? "no environment found" : count});
  } else if (shown < environments.size()) {
    const std::size_t others = environments.size() - shown;
    lines.push_back({"", std::to_string(others) + " other Python environment" + (others == 1 ? "" : "s")});
  }
  return lines;
}

}  // namespace preflight::report
