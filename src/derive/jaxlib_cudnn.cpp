// Which cuDNN jaxlib was compiled with: by its local version, else by the table of its CUDA plugin.
#include <algorithm>
#include <optional>

#include "derive/derive.hpp"
#include "derive/lookup.hpp"
#include "facts/writer.hpp"
#include "python/characters.hpp"

namespace preflight::derive {

namespace {

constexpr std::string_view kJaxlibCudnnFact = "jaxlib.cudnn";
constexpr std::string_view kJaxlibCudnnTable = "jax_cuda12_plugin";

// "8.6" of 0.4.7+cuda11.cudnn86, "8.0.5" of 0.1.75+cuda11.cudnn805: one digit a number.
std::optional<std::string> cudnn_of_tag(std::string_view version) {
  constexpr std::string_view kMark = ".cudnn";
  const auto place = version.find(kMark);
  if (place == std::string_view::npos) return std::nullopt;
  const auto digits = version.substr(place + kMark.size());
  const bool is_number =
      digits.size() >= 2 && digits.size() <= 3 && std::ranges::all_of(digits, python::is_digit);
  if (!is_number) return std::nullopt;
  std::string dotted;
  for (const char digit : digits) {
    if (!dotted.empty()) dotted += '.';
    dotted += digit;
  }
  return dotted;
}

const std::string* version_of(const facts::Map& packages, std::string_view name) {
  const auto found = packages.find(name);
  return found == packages.end() ? nullptr : std::get_if<std::string>(&found->second.data);
}

Derived cudnn_of(std::string_view jaxlib, const facts::Map& packages, const tables::Tables& tables) {
  if (auto cudnn = cudnn_of_tag(jaxlib)) return {std::move(*cudnn), "version of jaxlib", {}};
  const auto* const plugin = version_of(packages, "jax-cuda12-plugin");
  if (plugin == nullptr) return {{}, "version of jaxlib", "its version names none"};
  auto cell = find_cell(tables, kJaxlibCudnnTable, *plugin, "cudnn");
  if (auto* const why = std::get_if<std::string>(&cell)) return {{}, "packages", std::move(*why)};
  return {std::get<facts::Value>(std::move(cell)), "table jax_cuda12_plugin by packages", {}};
}

Derived jaxlib_cudnn_of(const facts::Subject& environment, const tables::Tables& tables) {
  const auto* const packages = environment.map("packages");
  if (packages == nullptr) return {{}, "packages", why_not_known(environment, "packages")};
  const auto* const jaxlib = version_of(*packages, "jaxlib");
  if (jaxlib == nullptr) return {{}, "packages", {}};
  return cudnn_of(*jaxlib, *packages, tables);
}

void derive_jaxlib_cudnn(facts::Document& document, const tables::Tables& tables) {
  for (const auto& id : ids_of(document, "environment")) {
    const auto& environment = document.subject("environment", id);
    facts::SubjectWriter writer(document, "environment", id);
    write_unless_stated(kJaxlibCudnnFact, jaxlib_cudnn_of(environment, tables), environment, writer);
  }
}

}  // namespace

Derivation jaxlib_cudnn() {
  static constexpr std::string_view kReads[] = {"packages", "table.jax_cuda12_plugin"};
  static constexpr std::string_view kSets[] = {kJaxlibCudnnFact};
  return {"jaxlib-cudnn", "environment", kReads, kSets, derive_jaxlib_cudnn};
}

}  // namespace preflight::derive
