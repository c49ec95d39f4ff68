// Whether a symbol that an extension misses is of another C++ ABI than torch.
#include <map>

#include "derive/derive.hpp"
#include "derive/lookup.hpp"
#include "facts/writer.hpp"

namespace preflight::derive {

namespace {

// Whether the torch of an environment has the new ABI, for those where that is known.
std::map<std::string, bool, std::less<>> torch_abis(const facts::Document& document) {
  std::map<std::string, bool, std::less<>> abis;
  for (const auto* const environment : document.of_kind("environment")) {
    const auto* const is_new = environment->boolean("torch.cxx11_abi");
    if (is_new != nullptr) abis.emplace(environment->id, *is_new);
  }
  return abis;
}

void run(facts::Document& document, const tables::Tables& /*tables*/) {
  const auto abis = torch_abis(document);
  for (const auto& id : ids_of(document, "extension")) {
    const auto& extension = document.subject("extension", id);
    facts::SubjectWriter writer(document, "extension", id);
    const auto* const abi = extension.text("undefined.string_abi");
    if (abi == nullptr) {
      const auto* const fact = extension.find("undefined.string_abi");
      if (fact != nullptr && fact->absent()) {
        writer.absent("undefined.other_abi", "undefined.string_abi");
      } else {
        writer.unknown("undefined.other_abi", {why_not_known(extension, "undefined.string_abi")},
                       "undefined.string_abi");
      }
      continue;
    }
    const auto* const prefix = extension.text("environment");
    const auto torch_is_new = prefix == nullptr ? abis.end() : abis.find(*prefix);
    if (torch_is_new == abis.end()) {
      writer.unknown("undefined.other_abi", {"torch.cxx11_abi isn't known"}, "torch.cxx11_abi");
    } else {
      writer.set("undefined.other_abi", (*abi == "cxx11") != torch_is_new->second,
                 "undefined.string_abi, torch.cxx11_abi");
    }
  }
}

constexpr std::string_view kReads[] = {"undefined.string_abi", "environment"};
constexpr std::string_view kSets[] = {"undefined.other_abi"};

}  // namespace

Derivation extension_abi() {
  return {"extension-abi", "extension", kReads, kSets, run};
}

}  // namespace preflight::derive
