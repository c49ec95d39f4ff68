// Which cuDNN torch was compiled with: by the table of official wheels, else by the pin of its metadata.
#include <optional>

#include "derive/derive.hpp"
#include "derive/lookup.hpp"
#include "facts/writer.hpp"
#include "support/version.hpp"

namespace preflight::derive {

namespace {

constexpr std::string_view kFact = "torch.cudnn";
constexpr std::string_view kTable = "torch_wheel";

// "9.1.0.70" of the pin "==9.1.0.70" of nvidia-cudnn-cu12.
std::optional<std::string> pinned(const facts::Map& pins) {
  constexpr std::string_view kPackage = "nvidia-cudnn-cu";
  constexpr std::string_view kEqual = "==";
  for (const auto& [name, value] : pins) {
    const auto* const pin = std::get_if<std::string>(&value.data);
    if (pin == nullptr || !name.starts_with(kPackage) || !pin->starts_with(kEqual)) continue;
    const auto version = pin->substr(kEqual.size());
    if (parse_dotted_version(version)) return version;
  }
  return std::nullopt;
}

void run(facts::Document& document, const tables::Tables& tables) {
  for (const auto& id : ids_of(document, "environment")) {
    const auto& environment = document.subject("environment", id);
    facts::SubjectWriter writer(document, "environment", id);
    const auto* const version = environment.text("torch.version");
    if (version == nullptr) {
      // PyTorch itself says it in its error; a document that has it from there keeps it.
      if (environment.text(kFact) != nullptr) continue;
      writer.unknown(kFact, {why_not_known(environment, "torch.version")}, "torch.version");
      continue;
    }
    auto cell = find_cell(tables, kTable, *version, "cudnn");
    if (auto* const value = std::get_if<facts::Value>(&cell)) {
      writer.set(kFact, std::move(*value), "table torch_wheel by torch.version");
      continue;
    }
    const auto* const pins = environment.map("torch.pins");
    if (const auto pin = pins == nullptr ? std::nullopt : pinned(*pins)) {
      writer.set(kFact, *pin, "torch.pins");
    } else {
      writer.unknown(kFact, {std::get<std::string>(cell)}, "torch.version");
    }
  }
}

constexpr std::string_view kReads[] = {"torch.version", "torch.pins", "table.torch_wheel"};
constexpr std::string_view kSets[] = {kFact};

}  // namespace

Derivation torch_cudnn() {
  return {"torch-cudnn", "environment", kReads, kSets, run};
}

}  // namespace preflight::derive
