#include "probe/building/project_files.hpp"

#include <algorithm>
#include <iterator>

#include "python/requirement.hpp"
#include "support/text.hpp"

namespace preflight::probe::building {

namespace {

constexpr std::size_t kMostRequirements = 1000;

std::string_view without_comment(std::string_view line) {
  if (line.starts_with('#')) return {};
  return trim(line.substr(0, line.find(" #")));
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
  if (!requirement || requirements.size() == kMostRequirements) return;
  requirements.emplace(requirement->normalized_name, python::to_text(requirement->specifiers));
}

void add_requirement_lines(std::string_view text, Requirements& requirements) {
  for (auto line : lines(text)) {
    line = without_comment(trim(line));
    if (line.empty() || line.starts_with('-')) continue;
    add_requirement(trim(line.substr(0, line.find(" --"))), requirements);
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
