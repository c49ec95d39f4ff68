#include "probe/process_variables.hpp"

#include "support/text.hpp"

namespace preflight::probe {

Variables parse_variables(std::string_view text) {
  Variables variables;
  for (const auto entry : split(text, '\0')) {
    const auto equals = entry.find('=');
    if (equals == std::string_view::npos || equals == 0) continue;
    variables.emplace(entry.substr(0, equals), entry.substr(equals + 1));
  }
  return variables;
}

Result<Variables> process_variables(const target::FileTree& files) {
  // The kernel allows 6 MiB of arguments and environment (execve(2)).
  constexpr std::size_t kMostVariableBytes = std::size_t{8} << 20;
  const auto text = files.read(kVariablesPath, kMostVariableBytes);
  if (!text) return text.error();
  return parse_variables(*text);
}

}  // namespace preflight::probe
