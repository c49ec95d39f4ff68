// Which cuDNN torch was compiled with, by the table of official wheels. The pin of its metadata can be newer.
#include "derive/cuda_tag.hpp"
#include "derive/derive.hpp"
#include "derive/lookup.hpp"
#include "facts/writer.hpp"
#include "support/version.hpp"

namespace preflight::derive {

namespace {

constexpr std::string_view kTorchCudnnFact = "torch.cudnn";
constexpr std::string_view kTorchCudnnTable = "torch_wheel";

// The row of the wheel: its version with the CUDA tag, which a version without one gets from torch.cuda.
std::string row_of(const facts::Subject& environment, const std::string& version) {
  const auto* const cuda = environment.text("torch.cuda");
  if (cuda == nullptr || version.find('+') != std::string::npos) return version;
  const auto number = parse_dotted_version(*cuda);
  if (!number) return version;
  return version + "+" + cuda_tag(*number);
}

void derive_torch_cudnn(facts::Document& document, const tables::Tables& tables) {
  for (const auto& id : ids_of(document, "environment")) {
    const auto& environment = document.subject("environment", id);
    facts::SubjectWriter writer(document, "environment", id);
    const auto* const version = environment.text("torch.version");
    if (version == nullptr) {
      // PyTorch itself says it in its error; a document that has it from there keeps it.
      if (environment.text(kTorchCudnnFact) != nullptr) continue;
      const auto* const state = environment.find("torch.version");
      if (state != nullptr && state->absent()) {
        writer.absent(kTorchCudnnFact, "torch.version");
        continue;
      }
      writer.unknown(kTorchCudnnFact, {why_not_known(environment, "torch.version")}, "torch.version");
      continue;
    }
    auto cell = find_cell(tables, kTorchCudnnTable, row_of(environment, *version), "cudnn");
    if (auto* const value = std::get_if<facts::Value>(&cell)) {
      writer.set(kTorchCudnnFact, std::move(*value), "table torch_wheel by torch.version");
      continue;
    }
    writer.unknown(kTorchCudnnFact, {std::get<std::string>(cell)}, "torch.version");
  }
}

}  // namespace

Derivation torch_cudnn() {
  static constexpr std::string_view kReads[] = {"torch.version", "torch.cuda", "table.torch_wheel"};
  static constexpr std::string_view kSets[] = {kTorchCudnnFact};
  return {"torch-cudnn", "environment", kReads, kSets, derive_torch_cudnn};
}

}  // namespace preflight::derive
