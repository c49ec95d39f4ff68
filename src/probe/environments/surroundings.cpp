#include "probe/environments/surroundings.hpp"

#include "support/text.hpp"

namespace preflight::probe::environments {

namespace {

constexpr std::size_t kMostHomes = 100;

void read_process(const target::FileTree& files, Surroundings& surroundings) {
  if (auto directory = files.read_link("/proc/self/cwd")) surroundings.working_directory = *directory;
  const auto text = files.read("/proc/self/environ");
  if (!text) return;
  surroundings.has_variables = true;
  for (const auto assignment : split(*text, '\0')) {
    const auto equals = assignment.find('=');
    if (equals == std::string_view::npos) continue;
    surroundings.variables.emplace(assignment.substr(0, equals), assignment.substr(equals + 1));
  }
}

}  // namespace

std::string_view Surroundings::variable(std::string_view name) const {
  const auto found = variables.find(name);
  return found == variables.end() ? std::string_view() : found->second;
}

Surroundings read_surroundings(const Context& context) {
  Surroundings surroundings;
  if (context.state == SystemState::running) {
    read_process(context.files, surroundings);
    const auto home = surroundings.variable("HOME");
    if (home.starts_with('/')) surroundings.homes.emplace_back(home);
    return surroundings;
  }
  surroundings.homes.emplace_back("/root");
  if (const auto entries = context.files.list("/home")) {
    for (const auto& entry : *entries) {
      if (surroundings.homes.size() > kMostHomes) break;
      surroundings.homes.push_back(target::join_path("/home", entry.name));
    }
  }
  return surroundings;
}

}  // namespace preflight::probe::environments
