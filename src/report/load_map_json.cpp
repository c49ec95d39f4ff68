#include <nlohmann/json.hpp>

#include "facts/json.hpp"
#include "report/load_map.hpp"

namespace preflight::report {

namespace {

using facts::Subject;
using nlohmann::ordered_json;

ordered_json json_of(const Subject& subject, std::string_view path) {
  const auto* const fact = subject.find(path);
  const auto* const value = fact == nullptr ? nullptr : fact->value();
  return value == nullptr ? ordered_json() : facts::to_json(*value);
}

ordered_json gpu_code(const Subject& subject) {
  return {{"sass", json_of(subject, "gpu_code.sass")}, {"ptx", json_of(subject, "gpu_code.ptx")}};
}

ordered_json library_json(const Subject& library) {
  return {{"soname", json_of(library, "soname")},
          {"path", json_of(library, "path")},
          {"needed_by", json_of(library, "needed_by")},
          {"found_by", json_of(library, "found_by")},
          {"stage", json_of(library, "stage")},
          {"version", json_of(library, "version")},
          {"own", json_of(library, "own")},
          {"lost", json_of(library, "lost")},
          {"gpu_code", gpu_code(library)}};
}

ordered_json extension_json(const Subject& extension) {
  return {{"path", json_of(extension, "path")},
          {"package", json_of(extension, "package")},
          {"missing_libraries", json_of(extension, "missing_libraries")},
          {"missing_versions", json_of(extension, "missing_versions")},
          {"undefined",
           {{"count", json_of(extension, "undefined.count")},
            {"symbol", json_of(extension, "undefined.symbol")},
            {"readable", json_of(extension, "undefined.readable")},
            {"origin", json_of(extension, "undefined.origin")}}},
          {"gpu_code", gpu_code(extension)}};
}

// The parts of an environment: those subjects of the kind that name it.
template <class ToJson>
ordered_json parts_of(const facts::Document& document, const Subject& environment, std::string_view kind,
                      const ToJson& to_json) {
  auto parts = ordered_json::array();
  for (const auto* const part : document.of_kind(kind)) {
    const auto* const owner = part->text("environment");
    if (owner != nullptr && *owner == environment.id) parts.push_back(to_json(*part));
  }
  return parts;
}

}  // namespace

std::string load_map_json(const facts::Document& document) {
  auto environments = ordered_json::array();
  for (const auto* const environment : document.of_kind("environment")) {
    if (environment->text("torch.version") == nullptr) continue;
    environments.push_back({{"prefix", environment->id},
                            {"torch", json_of(*environment, "torch.version")},
                            {"gpu_code", gpu_code(*environment)},
                            {"missing", json_of(*environment, "load.missing")},
                            {"missing_versions", json_of(*environment, "load.missing_versions")},
                            {"undefined", json_of(*environment, "load.undefined")},
                            {"libraries", parts_of(document, *environment, "loaded_library", library_json)},
                            {"extensions", parts_of(document, *environment, "extension", extension_json)}});
  }
  const ordered_json json = {
      {"schema", kLoadMapSchema}, {"target", document.target}, {"environments", std::move(environments)}};
  return json.dump(2) + "\n";
}

}  // namespace preflight::report
