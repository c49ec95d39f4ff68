#include "target/file_tree.hpp"

namespace preflight::target {

Result<std::string> FileTree::read(std::string_view path, std::size_t limit) const {
  auto text = read_head(path, limit + 1);
  if (text && text->size() > limit) {
    return Error{ErrorKind::too_large, "larger than " + std::to_string(limit) + " bytes"};
  }
  return text;
}

std::string join_path(std::string_view directory, std::string_view name) {
  std::string path(directory);
  if (!path.ends_with('/')) path += '/';
  while (name.starts_with('/')) name.remove_prefix(1);
  return path += name;
}

std::string_view parent_path(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == 0 || slash == std::string_view::npos ? std::string_view("/") : path.substr(0, slash);
}

std::string_view base_name(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

}  // namespace preflight::target
