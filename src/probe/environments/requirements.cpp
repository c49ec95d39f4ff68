#include "probe/environments/requirements.hpp"

#include "probe/reading.hpp"
#include "python/check.hpp"
#include "python/interpreter_version.hpp"

namespace preflight::probe::environments {

namespace {

std::optional<std::string> text_of(const Context& context, std::string_view path) {
  if (context.state == SystemState::at_rest) return {};
  const auto text = read_trimmed(context.files, path);
  return text ? std::optional(*text) : std::nullopt;
}

std::string source_of(const ImportPath& import_path) {
  return "Requires-Dist in " + (import_path.directories.empty() ? std::string("site-packages")
                                                                : import_path.directories.front().path);
}

}  // namespace

python::MarkerEnvironment marker_environment(const Context& context, const Installation& python,
                                             const InterpreterVersion& version) {
  python::MarkerEnvironment markers;
  markers.os_name = "posix";
  markers.sys_platform = "linux";
  markers.platform_system = "Linux";
  markers.platform_machine = find_machine(context.files, python);
  markers.platform_release = text_of(context, kKernelReleasePath);
  markers.platform_version = text_of(context, "/proc/sys/kernel/version");
  if (python.library.empty()) return markers;
  const bool is_cpython = implementation_of(python) == "cpython";
  markers.implementation_name = implementation_of(python);
  markers.platform_python_implementation = is_cpython ? "CPython" : "PyPy";
  markers.python_version = std::string(python::series_of_library(python.library));
  markers.python_full_version = version.text;
  if (is_cpython) markers.implementation_version = version.text;
  return markers;
}

void write_requirements(const Packages& packages, const ImportPath& import_path,
                        const python::MarkerEnvironment& markers, facts::SubjectWriter& writer) {
  const auto source = source_of(import_path);
  if (!import_path.problems.empty() || !packages.problems.empty()) {
    const auto& problems = import_path.problems.empty() ? packages.problems : import_path.problems;
    writer.rest_unknown("requirements.", {problems.front(), facts::Gap::unreadable}, source);
    return;
  }
  std::vector<python::Metadata> installed;
  installed.reserve(packages.installed.size());
  facts::List undecided;
  for (const auto& package : packages.installed) {
    installed.push_back(package.metadata);
    if (package.problem.empty()) continue;
    undecided.emplace_back(facts::Map{{"package", package.name},
                                      {"version", package.version},
                                      {"requirement", ""},
                                      {"reason", package.problem}});
  }
  const auto result = python::check_requirements(installed, markers);
  facts::List unmet;
  for (const auto& one : result.unmet) {
    unmet.emplace_back(facts::Map{{"package", one.package},
                                  {"version", one.version},
                                  {"requirement", one.requirement},
                                  {"required", one.required},
                                  {"installed", one.installed.value_or("")}});
  }
  facts::List unmet_python;
  for (const auto& one : result.unmet_python) {
    unmet_python.emplace_back(facts::Map{
        {"package", one.package}, {"version", one.version}, {"requires_python", one.requires_python}});
  }
  for (const auto& one : result.undecided) {
    undecided.emplace_back(facts::Map{{"package", one.package},
                                      {"version", one.version},
                                      {"requirement", one.requirement},
                                      {"reason", one.reason}});
  }
  writer.set("requirements.unmet", std::move(unmet), source);
  writer.set("requirements.unmet_python", std::move(unmet_python), source);
  writer.set("requirements.undecided", std::move(undecided), source);
}

}  // namespace preflight::probe::environments
