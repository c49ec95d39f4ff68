// Which cuDNN torch was compiled with, by the table of official wheels. The pin of its metadata can be newer.
#include <algorithm>
#include <vector>

#include "derive/derive.hpp"
#include "derive/lookup.hpp"
#include "derive/published_torch.hpp"
#include "facts/writer.hpp"
#include "support/text.hpp"

namespace preflight::derive {

namespace {

constexpr std::string_view kTorchCudnnFact = "torch.cudnn";
constexpr const char* kVersionFact = "torch.version";

// What they begin with alike: "8" of 8.5.0.96 and 8.7.0.84. Empty when their first numbers differ.
std::string common_part(const std::vector<std::string>& versions) {
  auto common = split(versions.front(), '.');
  for (const auto& version : versions) {
    common.erase(std::ranges::mismatch(common, split(version, '.')).in1, common.end());
  }
  return join({common.begin(), common.end()}, ".");
}

// The fact by which it is none of PyTorch's wheels for CUDA; empty when none says so.
std::string_view no_wheel_by(const facts::Subject& environment, const python::Version& version,
                             const Candidates& wheels) {
  if (version.is_prerelease() || version.is_postrelease()) return "torch.version";
  if (wheels.wheels.size() == 1) return {};
  const auto* const kind = environment.text("kind");
  return kind != nullptr && *kind == "conda" ? "kind" : unpublished_by(environment, version);
}

// The cuDNN of the wheels that it can be.
Derived cudnn_of_wheels(const facts::Subject& environment, const python::Version& version,
                        const tables::Tables& tables) {
  const auto* const pinned = environment.text("torch.pinned_cuda");
  const auto wheels =
      candidates(environment, version, pinned == nullptr ? std::nullopt : std::optional(*pinned), tables);
  const auto by = no_wheel_by(environment, version, wheels);
  if (!by.empty())
    return {{}, kVersionFact, "by " + std::string(by) + " it is no wheel of PyTorch's for CUDA"};
  const auto release = release_key(version);
  std::vector<std::string> versions;
  for (const auto& wheel : wheels.wheels) {
    const auto cell = find_cell(tables, kTorchWheels, wheel, "cudnn");
    if (const auto* const why = std::get_if<std::string>(&cell)) return {{}, kVersionFact, *why};
    versions.push_back(facts::to_text(std::get<facts::Value>(cell)));
  }
  if (versions.empty()) return {{}, kVersionFact, "no row " + release + " in table torch"};
  const auto common = common_part(versions);
  if (common.empty())
    return {{}, kVersionFact, "the wheels of " + release + " were built with different majors"};
  return {common, "table torch_wheel by " + std::string(wheels.told_by), {}};
}

Derived torch_cudnn_of(const facts::Subject& environment, const tables::Tables& tables) {
  const auto* const text = environment.text(kVersionFact);
  if (text == nullptr) {
    const auto* const state = environment.find(kVersionFact);
    const bool is_absent = state != nullptr && state->absent();
    return {{}, kVersionFact, is_absent ? "" : why_not_known(environment, kVersionFact)};
  }
  const auto version = python::parse_version(*text);
  if (!version) return {{}, kVersionFact, "torch.version is no version"};
  return cudnn_of_wheels(environment, *version, tables);
}

void derive_torch_cudnn(facts::Document& document, const tables::Tables& tables) {
  for (const auto& id : ids_of(document, "environment")) {
    const auto& environment = document.subject("environment", id);
    facts::SubjectWriter writer(document, "environment", id);
    write_unless_stated(kTorchCudnnFact, torch_cudnn_of(environment, tables), environment, writer);
  }
}

}  // namespace

Derivation torch_cudnn() {
  static constexpr std::string_view kReads[] = {"torch.version",     "torch.variant",    "torch.cuda",
                                                "torch.pinned_cuda", "conda_packages",   "kind",
                                                "table.torch",       "table.torch_wheel"};
  static constexpr std::string_view kSets[] = {kTorchCudnnFact};
  return {"torch-cudnn", "environment", kReads, kSets, derive_torch_cudnn};
}

}  // namespace preflight::derive
