#include "probe/environments/metadata_file.hpp"

#include <algorithm>

namespace preflight::probe::environments {

namespace {

constexpr std::size_t kSteps[] = {std::size_t{1} << 13, std::size_t{1} << 16, std::size_t{1} << 20};

std::size_t end_of_headers(std::string_view text) {
  return std::min(text.find("\n\n"), text.find("\n\r\n"));
}

}  // namespace

Result<std::string> read_header_block(const target::FileTree& files, std::string_view path) {
  for (const auto step : kSteps) {
    auto text = files.read_head(path, step);
    if (!text) return text.error();
    const auto end = end_of_headers(*text);
    if (end == std::string::npos && text->size() == step) continue;
    if (end != std::string::npos) text->resize(end);
    return text;
  }
  return Error{ErrorKind::too_large, "its headers are longer than 1 MiB"};
}

}  // namespace preflight::probe::environments
