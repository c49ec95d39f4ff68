// Whether a GPU is a virtual one, by its name: "GRID A100-40C", "NVIDIA A40-48Q", "H100XM-1-10CME".
#include "derive/derive.hpp"
#include "derive/lookup.hpp"
#include "facts/writer.hpp"
#include "support/text.hpp"

namespace preflight::derive {

namespace {

constexpr std::string_view kVgpuProfileFact = "model.vgpu_profile";

// What a profile ends in: gigabytes of memory and a letter for what it is licensed for, with "ME" for media.
bool is_profile(std::string_view word) {
  const auto dash = word.rfind('-');
  if (dash == std::string_view::npos || dash == 0) return false;
  auto end = word.substr(dash + 1);
  if (end.ends_with("ME")) end.remove_suffix(2);
  if (end.size() < 2 || std::string_view("ABCQ").find(end.back()) == std::string_view::npos) return false;
  return to_integer(end.substr(0, end.size() - 1)).has_value();
}

void derive_vgpu_profile(facts::Document& document, const tables::Tables& /*tables*/) {
  for (const auto& id : ids_of(document, "gpu")) {
    const auto& gpu = document.subject("gpu", id);
    const std::string_view fact = gpu.text("name") != nullptr ? "name" : "nvml.name";
    const auto* const name = gpu.text(fact);
    facts::SubjectWriter writer(document, "gpu", id);
    if (name == nullptr) {
      writer.unknown(kVgpuProfileFact, {why_not_known(gpu, fact)}, fact);
      continue;
    }
    const auto pieces = words(*name);
    const std::string profile(pieces.empty() ? std::string_view() : pieces.back());
    const std::string source(fact);
    if (is_profile(profile)) {
      writer.set(kVgpuProfileFact, profile, source);
    } else {
      writer.absent(kVgpuProfileFact, source);
    }
  }
}

}  // namespace

Derivation vgpu_profile() {
  static constexpr std::string_view kReads[] = {"name", "nvml.name"};
  static constexpr std::string_view kSets[] = {kVgpuProfileFact};
  return {"vgpu-profile", "gpu", kReads, kSets, derive_vgpu_profile};
}

}  // namespace preflight::derive
