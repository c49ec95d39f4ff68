#include <algorithm>

#include "report/load_map.hpp"
#include "report/load_map_parts.hpp"
#include "report/load_map_tree.hpp"
#include "support/text.hpp"

namespace preflight::report {

namespace {

using facts::Document;
using facts::Subject;

constexpr std::size_t kMostExtensions = 40;

// Lines of the terminal's width, in one colour.
std::string note(std::string_view text, std::size_t indent, Ink ink, const Style& style) {
  auto lines = wrap(text, indent, style.width);
  if (lines.ends_with('\n')) lines.pop_back();
  return paint(lines, ink, style) + "\n";
}

std::string field(const facts::Value& record, std::string_view name) {
  const auto* const map = std::get_if<facts::Map>(&record.data);
  if (map == nullptr) return {};
  const auto found = map->find(name);
  return found == map->end() ? std::string() : facts::to_text(found->second);
}

// What import torch would fail with.
std::string failures_text(const Subject& environment, const Style& style) {
  std::string text;
  const auto add = [&](const std::string& line) { text += note(line, 2, Ink::red, style); };
  const auto* const missing = environment.list("load.missing");
  if (missing != nullptr) {
    for (const auto& one : *missing) {
      add("not found: " + field(one, "soname") + ", which " + field(one, "needed_by") + " needs");
    }
  }
  for (const auto& version : texts_of(environment, "load.missing_versions")) {
    add("version not found: " + version);
  }
  if (const auto* const undefined = environment.list("load.undefined")) {
    for (const auto& one : *undefined) {
      add("undefined symbol: " + field(one, "readable") + ", which " + field(one, "file") + " needs");
    }
  }
  // Where libraries are missing, that is why.
  const auto why = why_unknown(environment, "load.undefined");
  if (!why.empty() && missing != nullptr && missing->empty()) {
    text += note("Whether every symbol is found isn't known: " + why, 2, Ink::yellow, style);
  }
  return text;
}

// What the extension would fail with, and what isn't known of that; empty when it loads.
std::string extension_failures(const Subject& extension, const Style& style) {
  const auto told = [&](std::string_view text, Ink ink) { return note(text, 6, ink, style); };
  const auto missing = texts_of(extension, "missing_libraries");
  std::string text;
  if (!missing.empty()) text += told("not found: " + join(missing, ", "), Ink::yellow);
  if (const auto versions = texts_of(extension, "missing_versions"); !versions.empty()) {
    text += told("version not found: " + join(versions, ", "), Ink::red);
  }
  if (const auto* const symbol = extension.text("undefined.readable")) {
    text += told("undefined symbol: " + *symbol, Ink::red);
  }
  if (!missing.empty()) return text;  // which is why its symbols aren't known
  for (const auto* const fact : {"missing_libraries", "undefined.count"}) {
    const auto why = why_unknown(extension, fact);
    if (!why.empty()) return text + told("whether it loads isn't known: " + why, Ink::yellow);
  }
  return text;
}

std::string extensions_text(const Subjects& extensions, const Subject& environment, const Style& style) {
  if (extensions.empty()) return {};
  // Those that fail first: they must not be among the ones that are left out.
  std::vector<std::string> failing;
  std::vector<std::string> loading;
  for (const auto* const extension : extensions) {
    std::string text = "  " + paint(printable(text_or(*extension, "package", "?")), Ink::bold, style) + "  " +
                       printable(short_path(text_or(*extension, "path", "?"), environment)) + "\n";
    if (const auto code = gpu_code_text(*extension); !code.empty()) {
      text += wrap("code for " + code, 6, style.width);
    }
    const auto failures = extension_failures(*extension, style);
    (failures.empty() ? loading : failing).push_back(text + failures);
  }
  std::string text = "\n  " + paint("Compiled extensions", Ink::bold, style) + "\n";
  std::size_t shown = 0;
  for (const auto* const some : {&failing, &loading}) {
    for (const auto& extension : *some) {
      if (++shown <= kMostExtensions) text += extension;
    }
  }
  if (shown > kMostExtensions) {
    text += "  and " + std::to_string(shown - kMostExtensions) + " more (--format json lists them)\n";
  }
  return text;
}

// "torch 2.2.0, CUDA 12.1"
std::string torch_and_cuda_text(const Subject& environment) {
  std::string text = "torch " + printable(text_or(environment, "torch.version", "?"));
  const auto* const cuda = environment.find("torch.cuda");
  if (cuda == nullptr || cuda->unknown() != nullptr) return text;
  if (cuda->absent()) return text + ", without CUDA";
  return text + ", CUDA " + printable(facts::to_text(*cuda->value()));
}

std::string environment_text(const Subject& environment, const Subjects& libraries,
                             const Subjects& extensions, const Style& style, Libraries shown) {
  std::string text =
      paint(printable(environment.id), Ink::bold, style) + ": " + torch_and_cuda_text(environment) + "\n";
  if (const auto code = gpu_code_text(environment); !code.empty()) {
    text += wrap("kernels of torch for " + code, 2, style.width);
  }
  if (const auto why = why_unknown(environment, "load.missing"); !why.empty()) {
    text += note("What it loads isn't known: " + why, 2, Ink::yellow, style);
  }
  return text + failures_text(environment, style) + load_tree_text(libraries, environment, style, shown) +
         extensions_text(extensions, environment, style);
}

}  // namespace

std::string load_map_text(const Document& document, const Style& style, Libraries libraries) {
  const auto loaded = parts_of_environments(document, "loaded_library");
  const auto extensions = parts_of_environments(document, "extension");
  std::string text;
  for (const auto* const environment : document.of_kind("environment")) {
    const auto* const torch = environment->find("torch.version");
    if (torch == nullptr || torch->absent()) continue;
    if (!text.empty()) text += "\n";
    if (torch->unknown() != nullptr) {
      text += wrap(environment->id + ": whether it has torch isn't known: " + torch->unknown()->reason, 0,
                   style.width);
      continue;
    }
    text += environment_text(*environment, parts_of(loaded, *environment), parts_of(extensions, *environment),
                             style, libraries);
  }
  return text.empty() ? "No environment with torch on " + printable(document.target) + ".\n" : text;
}

}  // namespace preflight::report
