// The project in whose directory the process runs: what it asks to be installed, and whether it compiles CUDA
// code.
#include <optional>
#include <string>
#include <vector>

#include "probe/building/project_files.hpp"
#include "probe/probe.hpp"
#include "probe/reading.hpp"
#include "python/wheel_name.hpp"

namespace preflight::probe {

namespace {

using target::join_path;

constexpr std::string_view kWorkingDirectory = "/proc/self/cwd";

facts::Map specifier_map(const building::Requirements& requirements) {
  facts::Map map;
  for (const auto& [name, specifier] : requirements.specifiers) map.emplace(name, specifier);
  return map;
}

facts::List wheel_list(const building::Requirements& requirements) {
  facts::List list;
  for (const auto& file : requirements.wheels) {
    const auto wheel = python::read_wheel_name(file);
    if (!wheel) continue;
    list.emplace_back(facts::Map{{"file", file},
                                 {"package", wheel->name},
                                 {"version", wheel->version},
                                 {"python", std::string(wheel->python)},
                                 {"abi", std::string(wheel->abi)},
                                 {"platform", std::string(wheel->platform)}});
  }
  return list;
}

// Text of a file of the project; nothing when it isn't there. What can't be read is told aside.
struct Project {
  const target::FileTree& files;
  std::string directory;
  std::vector<std::string> found = {};
  std::optional<Error> failure = {};

  std::optional<std::string> read(std::string_view name) {
    auto text = files.read(join_path(directory, name));
    if (text) {
      found.emplace_back(name);
      return std::move(*text);
    }
    if (text.error().kind != ErrorKind::not_found && !failure) failure = text.error();
    return std::nullopt;
  }
};

void run_project(const Context& context, facts::FactWriter& writer) {
  auto& host = writer.host();
  const auto directory = context.files.read_link(kWorkingDirectory);
  if (!directory) {
    set_rest_error(host, "project.", directory.error(), kWorkingDirectory);
    return;
  }
  Project project{context.files, *directory};
  building::Requirements requirements;
  if (const auto text = project.read("requirements.txt"))
    building::add_requirement_lines(*text, requirements);
  building::ProjectTable table;
  if (const auto text = project.read("pyproject.toml")) table = building::read_pyproject(*text);
  for (const auto& dependency : table.dependencies) building::add_requirement(dependency, requirements);
  const auto setup = project.read("setup.py");
  const auto lists = project.read("CMakeLists.txt");
  if (project.failure) {
    set_rest_error(host, "project.", *project.failure, project.directory);
    return;
  }
  if (project.found.empty()) {
    host.rest_absent("project.", project.directory);
    return;
  }
  host.set("project.path", project.directory, kWorkingDirectory);
  host.set("project.requirements", specifier_map(requirements), project.directory);
  host.set("project.wheels", wheel_list(requirements), project.directory);
  host.set("project.unisolated", facts::string_list(table.unisolated), project.directory);
  host.set(
      "project.compiles_cuda",
      (setup && building::setup_compiles_cuda(*setup)) || (lists && building::cmake_compiles_cuda(*lists)),
      project.directory);
  if (!table.requires_python.empty()) {
    host.set("project.requires_python", table.requires_python, project.directory);
  }
  host.rest_absent("project.", project.directory);
}

}  // namespace

Probe project_probe() {
  static constexpr std::string_view kReads[] = {kWorkingDirectory, "**/requirements.txt", "**/pyproject.toml",
                                                "**/setup.py", "**/CMakeLists.txt"};
  static constexpr Sets kSets[] = {{"host", "project."}};
  return {"project",
          "The project in the working directory: what it requires, whether it compiles CUDA code",
          Needs::running_system,
          kReads,
          kSets,
          run_project};
}

}  // namespace preflight::probe
