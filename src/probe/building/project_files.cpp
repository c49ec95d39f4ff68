#include "probe/building/project_files.hpp"

#include <algorithm>
#include <iterator>

#include "python/requirement.hpp"
#include "python/wheel_name.hpp"
#include "support/text.hpp"

namespace preflight::probe::building {

namespace {

constexpr std::size_t kMostRequirements = 1000;

std::string_view without_comment(std::string_view line) {
  if (line.starts_with('#')) return {};
  return trim(line.substr(0, line.find(" #")));
}

bool is_full(const Requirements& requirements) {
  return requirements.specifiers.size() + requirements.wheels.size() >= kMostRequirements;
}

// Whether a marker holds whatever Python and processor the Linux machine has.
bool always_holds(const python::Marker& marker) {
  python::MarkerEnvironment linux_machine;
  linux_machine.os_name = "posix";
  linux_machine.sys_platform = "linux";
  linux_machine.platform_system = "Linux";
  const auto truth = python::evaluate(marker, linux_machine);
  return truth && *truth == python::Truth::yes;
}

// The name of the file that an address or a path leads to, without the address's query and fragment.
std::string file_name(std::string_view address) {
  address = address.substr(0, address.find_first_of("?#"));
  const auto name = address.substr(address.rfind('/') + 1);
  std::string text;
  for (std::size_t at = 0; at < name.size(); ++at) {
    const bool is_plus = to_lower(name.substr(at, 3)) == "%2b";
    text += is_plus ? '+' : name[at];
    if (is_plus) at += 2;
  }
  return text;
}

void add_wheel(std::string_view address, Requirements& requirements) {
  auto name = file_name(address);
  if (python::read_wheel_name(name)) requirements.wheels.push_back(std::move(name));
}

// A line that is an address or a path, with its marker.
void add_bare_wheel(std::string_view line, Requirements& requirements) {
  const auto end = line.find(" ;");
  if (end != std::string_view::npos) {
    const auto marker = python::parse_marker(line.substr(end + 2));
    if (!marker || !always_holds(*marker)) return;
  }
  add_wheel(trim(line.substr(0, end)), requirements);
}

// The strings between quotes in a piece of TOML, and whether a bracket outside of them closes the array.
struct Strings {
  std::vector<std::string> values;
  bool closes = false;
};

Strings read_strings(std::string_view text) {
  Strings found;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char quote = text[at];
    if (quote == '#') break;
    if (quote == ']') found.closes = true;
    if (quote != '"' && quote != '\'') continue;
    const auto end = text.find(quote, at + 1);
    if (end == std::string_view::npos) break;
    found.values.emplace_back(text.substr(at + 1, end - at - 1));
    at = end;
  }
  return found;
}

// The array that a key of this table begins; a null pointer for others.
std::vector<std::string>* array_of(ProjectTable& project, std::string_view table, std::string_view key) {
  if (table == "project" && key == "dependencies") return &project.dependencies;
  if (table == "tool.uv" && key == "no-build-isolation-package") return &project.unisolated;
  return nullptr;
}

}  // namespace

void add_requirement(std::string_view text, Requirements& requirements) {
  const auto requirement = python::parse_requirement(text);
  if (!requirement || is_full(requirements)) return;
  if (requirement->marker && !always_holds(*requirement->marker)) return;
  requirements.specifiers.emplace(requirement->normalized_name, python::to_text(requirement->specifiers));
  add_wheel(requirement->url, requirements);
}

void add_requirement_lines(std::string_view text, Requirements& requirements) {
  for (auto line : lines(text)) {
    line = without_comment(trim(line));
    if (line.empty() || line.starts_with('-')) continue;
    line = trim(line.substr(0, line.find(" --")));
    if (python::parse_requirement(line)) {
      add_requirement(line, requirements);
    } else if (!is_full(requirements)) {
      add_bare_wheel(line, requirements);
    }
  }
}

ProjectTable read_pyproject(std::string_view text) {
  ProjectTable project;
  std::string_view table;
  std::vector<std::string>* open = nullptr;
  const auto add_line = [&](std::string_view line) {
    auto strings = read_strings(line);
    std::ranges::move(strings.values, std::back_inserter(*open));
    if (strings.closes || open->size() > kMostRequirements) open = nullptr;
  };
  for (auto line : lines(text)) {
    line = trim(line);
    if (open != nullptr) {
      add_line(line);
      continue;
    }
    if (line.starts_with('[')) {
      table = trim(line.substr(1, line.find(']') - 1));
      continue;
    }
    const auto equals = line.find('=');
    if (equals == std::string_view::npos) continue;
    const auto key = trim(line.substr(0, equals));
    const auto value = trim(line.substr(equals + 1));
    if (table == "project" && key == "requires-python") {
      const auto strings = read_strings(value);
      if (!strings.values.empty()) project.requires_python = strings.values.front();
    }
    open = value.starts_with('[') ? array_of(project, table, key) : nullptr;
    if (open != nullptr) add_line(value.substr(1));
  }
  return project;
}

bool setup_compiles_cuda(std::string_view setup) {
  return setup.find("CUDAExtension") != std::string_view::npos;
}

bool cmake_compiles_cuda(std::string_view lists) {
  const auto code = to_lower(lists);
  if (code.find("enable_language(cuda") != std::string::npos) return true;
  if (code.find("find_package(cuda ") != std::string::npos) return true;
  const auto project = code.find("project(");
  if (project == std::string::npos) return false;
  const auto call = std::string_view(code).substr(project, code.find(')', project) - project);
  const auto pieces = words(call);
  return std::ranges::find(pieces, "languages") != pieces.end() &&
         std::ranges::find(pieces, "cuda") != pieces.end();
}

}  // namespace preflight::probe::building
