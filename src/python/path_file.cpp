#include "python/path_file.hpp"

#include "python/characters.hpp"

namespace preflight::python {

std::vector<std::string_view> parse_path_file(std::string_view text) {
  std::vector<std::string_view> paths;
  while (!text.empty()) {
    const auto end = text.find_first_of("\r\n");
    auto line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.starts_with('#') || line.starts_with("import ") || line.starts_with("import\t")) continue;
    if (line.find('\0') != std::string_view::npos) continue;
    while (const auto space = trailing_space(line)) line.remove_suffix(space);
    if (!line.empty()) paths.push_back(line);
  }
  return paths;
}

}  // namespace preflight::python
