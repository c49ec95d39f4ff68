// Whether a symbol that an extension misses is of another C++ ABI than torch.
#include <map>

#include "derive/derive.hpp"
#include "derive/lookup.hpp"
#include "facts/writer.hpp"

namespace preflight::derive {

namespace {

struct TorchAbi {
  bool is_new = false;
  std::string_view fact;  // that tells it
};

// The ABI of the torch of an environment, for those where that is known: as its files say, else as published.
std::map<std::string, TorchAbi, std::less<>> torch_abis(const facts::Document& document) {
  std::map<std::string, TorchAbi, std::less<>> abis;
  for (const auto* const environment : document.of_kind("environment")) {
    for (const std::string_view fact : {"torch.cxx11_abi", "torch.published_cxx11_abi"}) {
      const auto* const is_new = environment->boolean(fact);
      if (is_new != nullptr) abis.try_emplace(environment->id, TorchAbi{*is_new, fact});
    }
  }
  return abis;
}

void derive_extension_abi(facts::Document& document, const tables::Tables& /*tables*/) {
  const auto abis = torch_abis(document);
  for (const auto& id : ids_of(document, "extension")) {
    const auto& extension = document.subject("extension", id);
    facts::SubjectWriter writer(document, "extension", id);
    const auto* const abi = extension.text("undefined.string_abi");
    if (abi == nullptr) {
      const auto* const fact = extension.find("undefined.string_abi");
      const auto* const count = extension.integer("undefined.count");
      if (fact != nullptr && fact->absent() && count != nullptr && *count > 0) {
        writer.set("undefined.other_abi", false, "undefined.string_abi");  // such a symbol is of either ABI
      } else if (fact != nullptr && fact->absent()) {
        writer.absent("undefined.other_abi", "undefined.string_abi");
      } else {
        writer.unknown("undefined.other_abi", {why_not_known(extension, "undefined.string_abi")},
                       "undefined.string_abi");
      }
      continue;
    }
    const auto* const prefix = extension.text("environment");
    const auto torch = prefix == nullptr ? abis.end() : abis.find(*prefix);
    if (torch == abis.end()) {
      writer.unknown("undefined.other_abi", {"torch.cxx11_abi isn't known"}, "torch.cxx11_abi");
    } else {
      writer.set("undefined.other_abi", (*abi == "cxx11") != torch->second.is_new,
                 "undefined.string_abi, " + std::string(torch->second.fact));
    }
  }
}

}  // namespace

Derivation extension_abi() {
  static constexpr std::string_view kReads[] = {"undefined.string_abi", "undefined.count", "environment"};
  static constexpr std::string_view kSets[] = {"undefined.other_abi"};
  return {"extension-abi", "extension", kReads, kSets, derive_extension_abi};
}

}  // namespace preflight::derive
