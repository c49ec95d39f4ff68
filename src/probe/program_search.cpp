#include "probe/program_search.hpp"

#include <optional>

#include "probe/process_variables.hpp"
#include "support/text.hpp"

namespace preflight::probe {

Result<SearchPath> search_path(const Context& context) {
  const SearchPath usual{"/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "the default PATH"};
  if (context.state == SystemState::at_rest) return usual;
  const auto variables = process_variables(context.files);
  if (!variables && variables.error().kind != ErrorKind::not_found) return variables.error();
  if (!variables || !variables->contains("PATH")) return usual;
  return SearchPath{variables->find("PATH")->second, "PATH"};
}

Result<std::string> find_program(const target::FileTree& files, std::string_view directories,
                                 std::string_view name) {
  constexpr unsigned kExecutable = 0111;
  constexpr std::size_t kMostDirectories = 1'000;
  Error failure{ErrorKind::not_found, "no such program"};
  std::size_t count = 0;
  for (const auto directory : split(directories, ':')) {
    if (!directory.starts_with('/') || ++count > kMostDirectories) continue;
    auto path = target::join_path(directory, name);
    const auto status = files.status(path);
    if (!status && status.error().kind == ErrorKind::not_permitted) failure = status.error();
    const bool runs =
        status && status->kind == target::FileKind::regular && (status->permissions & kExecutable) != 0;
    if (runs) return path;
  }
  return failure;
}

}  // namespace preflight::probe
