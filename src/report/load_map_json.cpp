#include <algorithm>
#include <span>

#include <nlohmann/json.hpp>

#include "facts/json.hpp"
#include "report/load_map.hpp"
#include "report/load_map_parts.hpp"

namespace preflight::report {

namespace {

using facts::Subject;
using nlohmann::ordered_json;

ordered_json json_of(const Subject& subject, std::string_view path) {
  const auto* const fact = subject.find(path);
  const auto* const value = fact == nullptr ? nullptr : fact->value();
  return value == nullptr ? ordered_json() : facts::to_json(*value);
}

// Why facts aren't known: {"gpu_code.sass": "too many fat binaries"}.
ordered_json unknown_json(const Subject& subject, std::span<const std::string_view> prefixes) {
  auto reasons = ordered_json::object();
  for (const auto& [path, fact] : subject.facts) {
    const auto* const unknown = fact.unknown();
    const auto starts = [&path = path](std::string_view prefix) { return path.starts_with(prefix); };
    if (unknown != nullptr && std::ranges::any_of(prefixes, starts)) reasons[path] = unknown->reason;
  }
  return reasons;
}

constexpr std::string_view kOfEnvironments[] = {"torch.version", "load.", "gpu_code."};
constexpr std::string_view kOfFiles[] = {""};

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
          {"own_copy", json_of(library, "own_copy")},
          {"own_copy_version", json_of(library, "own_copy_version")},
          {"lost", json_of(library, "lost")},
          {"gpu_code", gpu_code(library)},
          {"unknown", unknown_json(library, kOfFiles)}};
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
          {"gpu_code", gpu_code(extension)},
          {"unknown", unknown_json(extension, kOfFiles)}};
}

ordered_json environment_json(const Subject& environment, const Subjects& libraries,
                              const Subjects& extensions) {
  ordered_json json = {{"prefix", environment.id},
                       {"torch", json_of(environment, "torch.version")},
                       {"gpu_code", gpu_code(environment)},
                       {"missing", json_of(environment, "load.missing")},
                       {"missing_versions", json_of(environment, "load.missing_versions")},
                       {"undefined", json_of(environment, "load.undefined")},
                       {"unknown", unknown_json(environment, kOfEnvironments)},
                       {"libraries", ordered_json::array()},
                       {"extensions", ordered_json::array()}};
  for (const auto* const library : libraries) json["libraries"].push_back(library_json(*library));
  for (const auto* const extension : extensions) json["extensions"].push_back(extension_json(*extension));
  return json;
}

}  // namespace

std::string load_map_json(const facts::Document& document) {
  const auto libraries = parts_of_environments(document, "loaded_library");
  const auto extensions = parts_of_environments(document, "extension");
  auto environments = ordered_json::array();
  for (const auto* const environment : document.of_kind("environment")) {
    const auto* const torch = environment->find("torch.version");
    if (torch == nullptr || torch->absent()) continue;
    environments.push_back(environment_json(*environment, parts_of(libraries, *environment),
                                            parts_of(extensions, *environment)));
  }
  const ordered_json json = {
      {"schema", kLoadMapSchema}, {"target", document.target}, {"environments", std::move(environments)}};
  return json.dump(2) + "\n";
}

}  // namespace preflight::report
