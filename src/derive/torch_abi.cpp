// Which C++ ABI the published builds of torch have, where torch's own files don't show it.
#include <optional>

#include "derive/derive.hpp"
#include "derive/lookup.hpp"
#include "facts/writer.hpp"
#include "python/version.hpp"

namespace preflight::derive {

namespace {

constexpr std::string_view kTorchAbiFact = "torch.published_cxx11_abi";

// Wheels for pip have the new ABI from 2.7 on; of 2.6 only the one for CUDA 12.6 has it, and before none has.
// Snapshots from before a release ("2.5.0a0+...") are compiled elsewhere, as in NVIDIA's images, with the
// compiler's own default, the new ABI.
std::optional<bool> is_new(const python::Version& version) {
  if (version.pre().starts_with('a')) return true;
  if (version.is_prerelease() || version.is_postrelease()) return std::nullopt;
  const auto local = version.local();
  if (!local.empty() && local != "cpu" && !local.starts_with("cu")) return std::nullopt;
  if (python::compare_releases(version.release(), "2.7") >= 0) return true;
  if (python::compare_releases(version.release(), "2.6") < 0) return false;
  if (local.empty()) return std::nullopt;
  return local == "cu126";
}

void derive_torch_abi(facts::Document& document, const tables::Tables& /*tables*/) {
  for (const auto& id : ids_of(document, "environment")) {
    const auto& environment = document.subject("environment", id);
    facts::SubjectWriter writer(document, "environment", id);
    const auto* const text = environment.text("torch.version");
    const auto version = python::parse_version(text == nullptr ? std::string_view() : *text);
    const auto* const conda = environment.map("conda_packages");
    const bool is_condas = conda != nullptr && (conda->contains("pytorch") || conda->contains("libtorch"));
    const auto abi = version && !is_condas ? is_new(*version) : std::nullopt;
    if (abi) {
      writer.set(kTorchAbiFact, *abi, "torch.version");
    } else if (const auto* const state = environment.find("torch.version");
               state != nullptr && state->absent()) {
      writer.absent(kTorchAbiFact, "torch.version");
    } else if (text == nullptr) {
      writer.unknown(kTorchAbiFact, {why_not_known(environment, "torch.version")}, "torch.version");
    } else {
      writer.unknown(kTorchAbiFact, {is_condas ? "torch is conda's" : "the version doesn't tell the build"},
                     "torch.version");
    }
  }
}

}  // namespace

Derivation torch_abi() {
  static constexpr std::string_view kReads[] = {"torch.version", "conda_packages"};
  static constexpr std::string_view kSets[] = {kTorchAbiFact};
  return {"torch-abi", "environment", kReads, kSets, derive_torch_abi};
}

}  // namespace preflight::derive
