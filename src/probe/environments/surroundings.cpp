#include "probe/environments/surroundings.hpp"

namespace preflight::probe::environments {

namespace {

constexpr std::size_t kMostHomes = 100;

void read_process(const target::FileTree& files, Surroundings& surroundings) {
  if (auto directory = files.read_link("/proc/self/cwd")) surroundings.working_directory = *directory;
  auto variables = process_variables(files);
  if (!variables) return;
  surroundings.has_variables = true;
  surroundings.variables = std::move(*variables);
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
