// Local version identifiers of an environment's packages, in which builds name what they are compiled for.
#include <string>
#include <utility>

#include "derive/derive.hpp"
#include "derive/lookup.hpp"
#include "facts/writer.hpp"
#include "python/version.hpp"

namespace preflight::derive {

namespace {

constexpr std::string_view kLocalVersions = "local_versions";

void derive_local_versions(facts::Document& document, const tables::Tables& /*tables*/) {
  for (const auto& id : ids_of(document, "environment")) {
    const auto& environment = document.subject("environment", id);
    facts::SubjectWriter writer(document, "environment", id);
    const auto* const packages = environment.map("packages");
    if (packages == nullptr) {
      writer.unknown(kLocalVersions, {why_not_known(environment, "packages")}, "packages");
      continue;
    }
    facts::Map found;
    for (const auto& [name, value] : *packages) {
      const auto* const text = std::get_if<std::string>(&value.data);
      // Most have none: parsing is for those that do.
      if (text == nullptr || text->find('+') == std::string::npos) continue;
      if (const auto version = python::parse_version(*text))
        found.emplace(name, std::string(version->local()));
    }
    writer.set(kLocalVersions, std::move(found), "packages");
  }
}

}  // namespace

Derivation local_versions() {
  static constexpr std::string_view kReads[] = {"packages"};
  static constexpr std::string_view kSets[] = {kLocalVersions};
  return {"local-versions", "environment", kReads, kSets, derive_local_versions};
}

}  // namespace preflight::derive
