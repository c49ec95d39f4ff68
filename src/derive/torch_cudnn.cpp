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
constexpr std::string_view kTorchCudnnTable = "torch_wheel";

// What they begin with alike: "8" of 8.5.0.96 and 8.7.0.84. Empty when their first numbers differ.
std::string common_part(const std::vector<std::string>& versions) {
  auto common = split(versions.front(), '.');
  for (const auto& version : versions) {
    common.erase(std::ranges::mismatch(common, split(version, '.')).in1, common.end());
  }
  return join({common.begin(), common.end()}, ".");
}

// The cuDNN of the wheels that it can be, or why it isn't known.
struct Found {
  std::string cudnn;
  std::string source;
  std::string why_not;
};

Found cudnn_of_wheels(const facts::Subject& environment, const python::Version& version,
                      const tables::Tables& tables) {
  const auto* const pinned = environment.text("torch.pinned_cuda");
  const auto wheels =
      candidates(environment, version, pinned == nullptr ? std::nullopt : std::optional(*pinned), tables);
  Found found;
  found.source = "table torch_wheel by " + std::string(wheels.told_by);
  if (wheels.tags.size() != 1) {
    const auto* const kind = environment.text("kind");
    const auto by = kind != nullptr && *kind == "conda" ? "kind" : unpublished_by(environment, version);
    if (!by.empty()) return {{}, {}, "by " + std::string(by) + " it is no wheel of PyTorch's for CUDA"};
  }
  const auto release = release_key(version);
  std::vector<std::string> versions;
  for (const auto& tag : wheels.tags) {
    const auto cell = find_cell(tables, kTorchCudnnTable, release + "+" + tag, "cudnn");
    if (const auto* const why = std::get_if<std::string>(&cell)) return {{}, {}, *why};
    versions.push_back(facts::to_text(std::get<facts::Value>(cell)));
  }
  if (versions.empty()) return {{}, {}, "no row " + release + " in table torch"};
  found.cudnn = common_part(versions);
  if (found.cudnn.empty()) found.why_not = "the wheels of " + release + " were built with different majors";
  return found;
}

void derive_torch_cudnn(facts::Document& document, const tables::Tables& tables) {
  for (const auto& id : ids_of(document, "environment")) {
    const auto& environment = document.subject("environment", id);
    facts::SubjectWriter writer(document, "environment", id);
    const auto* const text = environment.text("torch.version");
    const auto version = python::parse_version(text == nullptr ? std::string_view() : *text);
    Found found;
    if (version) {
      found = cudnn_of_wheels(environment, *version, tables);
    } else {
      found.why_not =
          text == nullptr ? why_not_known(environment, "torch.version") : "torch.version is no version";
    }
    if (!found.cudnn.empty()) {
      writer.set(kTorchCudnnFact, found.cudnn, found.source);
      continue;
    }
    // PyTorch itself says it in its error; a document that has it from there keeps it.
    if (environment.text(kTorchCudnnFact) != nullptr) continue;
    const auto* const state = environment.find("torch.version");
    if (state != nullptr && state->absent()) {
      writer.absent(kTorchCudnnFact, "torch.version");
    } else {
      writer.unknown(kTorchCudnnFact, {found.why_not}, "torch.version");
    }
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
