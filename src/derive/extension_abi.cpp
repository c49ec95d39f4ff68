// Whether a symbol that an extension misses is of another C++ ABI than torch.
#include <optional>

#include "derive/derive.hpp"
#include "derive/lookup.hpp"
#include "facts/writer.hpp"

namespace preflight::derive {

namespace {

std::optional<bool> abi_of_torch(const facts::Document& document, const std::string& environment) {
  for (const auto* const one : document.of_kind("environment")) {
    if (one->id != environment) continue;
    const auto* const is_new = one->boolean("torch.cxx11_abi");
    return is_new == nullptr ? std::nullopt : std::optional(*is_new);
  }
  return std::nullopt;
}

void run(facts::Document& document, const tables::Tables& /*tables*/) {
  for (const auto& id : ids_of(document, "extension")) {
    const auto& extension = document.subject("extension", id);
    const auto* const abi = extension.text("undefined.string_abi");
    const std::optional<bool> is_new = abi == nullptr ? std::nullopt : std::optional(*abi == "cxx11");
    const auto* const fact = extension.find("undefined.string_abi");
    const bool is_absent = fact != nullptr && fact->absent();
    const auto why = why_not_known(extension, "undefined.string_abi");
    const auto* const prefix = extension.text("environment");
    const auto torch_is_new = prefix == nullptr ? std::nullopt : abi_of_torch(document, *prefix);

    facts::SubjectWriter writer(document, "extension", id);
    if (is_absent) {
      writer.absent("undefined.other_abi", "undefined.string_abi");
    } else if (!is_new) {
      writer.unknown("undefined.other_abi", {why}, "undefined.string_abi");
    } else if (!torch_is_new) {
      writer.unknown("undefined.other_abi", {"torch.cxx11_abi isn't known"}, "torch.cxx11_abi");
    } else {
      writer.set("undefined.other_abi", *is_new != *torch_is_new, "undefined.string_abi, torch.cxx11_abi");
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
