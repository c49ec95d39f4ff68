// Which NCCL programs here use: the one thing that rules on NCCL's releases ask, wherever it was read.
#include <algorithm>
#include <set>
#include <utility>

#include "derive/derive.hpp"
#include "derive/lookup.hpp"
#include "facts/writer.hpp"
#include "support/version.hpp"

namespace preflight::derive {

namespace {

constexpr std::string_view kNcclVersionsFact = "nccl.versions";
constexpr std::string_view kLibrary = "libnccl";
constexpr std::string_view kWheel = "nvidia-nccl-cu";

using Versions = std::set<std::string>;

bool is_nccl(const facts::Subject& library) {
  const auto* const name = library.text("name");
  return name != nullptr && *name == kLibrary;
}

// Of the files that import torch loads.
Versions loaded(const facts::Document& document) {
  Versions versions;
  for (const auto* const library : document.of_kind("loaded_library")) {
    const auto* const version = is_nccl(*library) ? library->text("version") : nullptr;
    if (version != nullptr) versions.insert(*version);
  }
  return versions;
}

// Whether a file can be the one that is taken: it is found first, belongs to a Python environment, or where
// it stands in the search isn't known.
bool may_be_used(const facts::Subject& library) {
  const auto* const kind = library.text("kind");
  if (kind != nullptr && *kind == "python") return true;
  const auto* const position = library.find("search_position");
  if (position == nullptr || position->unknown() != nullptr) return true;
  const auto* const number = library.integer("search_position");
  return number != nullptr && *number == 0;
}

Versions found(const facts::Document& document) {
  Versions versions;
  for (const auto* const library : document.of_kind("library")) {
    const auto* const version = is_nccl(*library) ? library->text("version") : nullptr;
    if (version != nullptr && may_be_used(*library)) versions.insert(*version);
  }
  return versions;
}

// "2.26.2" of the wheel 2.26.2.post1.
Versions of_wheels(const facts::Document& document) {
  Versions versions;
  for (const auto* const environment : document.of_kind("environment")) {
    const auto* const packages = environment->map("packages");
    if (packages == nullptr) continue;
    for (const auto& [name, value] : *packages) {
      const auto* const version = std::get_if<std::string>(&value.data);
      if (version == nullptr || !name.starts_with(kWheel)) continue;
      versions.insert(std::string(leading_dotted_version(*version)));
    }
  }
  return versions;
}

void derive_nccl_versions(facts::Document& document, const tables::Tables& /*tables*/) {
  facts::SubjectWriter writer(document, "host", "host");
  constexpr std::pair<std::string_view, Versions (*)(const facts::Document&)> kBestFirst[] = {
      {"loaded_libraries", loaded}, {"libraries", found}, {"packages", of_wheels}};
  for (const auto& [source, read] : kBestFirst) {
    const auto versions = read(document);
    if (!versions.empty()) {
      return writer.set(kNcclVersionsFact, facts::string_list({versions.begin(), versions.end()}), source);
    }
  }
  writer.unknown(kNcclVersionsFact, {"no NCCL was seen"}, "loaded_libraries, libraries, packages");
}

}  // namespace

Derivation nccl_versions() {
  static constexpr std::string_view kReads[] = {"name", "version", "kind", "search_position", "packages"};
  static constexpr std::string_view kSets[] = {kNcclVersionsFact};
  return {"nccl-versions", "host", kReads, kSets, derive_nccl_versions};
}

}  // namespace preflight::derive
