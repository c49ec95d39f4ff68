#include "probe/loader_variables.hpp"

#include "probe/process_variables.hpp"

namespace preflight::probe {

Result<loader::Variables> loader_variables(const Context& context) {
  if (context.state != SystemState::running) return loader::Variables{};
  const auto variables = process_variables(context.files);
  if (!variables) {
    if (variables.error().kind == ErrorKind::not_found) return loader::Variables{};
    return variables.error();
  }
  const auto value = [&](std::string_view name) {
    const auto found = variables->find(name);
    return found == variables->end() ? std::string() : found->second;
  };
  return loader::Variables{value("LD_PRELOAD"), value("LD_LIBRARY_PATH")};
}

}  // namespace preflight::probe
