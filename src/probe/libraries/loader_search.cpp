#include "probe/libraries/loader_search.hpp"

#include <algorithm>

#include "probe/process_variables.hpp"
#include "support/text.hpp"

namespace preflight::probe::libraries {

namespace {

constexpr std::size_t kLargestCache = std::size_t{16} << 20U;
constexpr std::size_t kMostDirectories = 200;

// The absolute paths of a variable whose pieces stand between any of the separators. Others depend on the
// working directory or the program ($ORIGIN).
std::vector<std::string> absolute_paths(std::string text, std::string_view separators) {
  for (char& character : text) {
    if (separators.find(character) != std::string_view::npos) character = ':';
  }
  std::vector<std::string> paths;
  for (const auto piece : split(text, ':')) {
    if (piece.starts_with('/') && paths.size() < kMostDirectories) paths.emplace_back(piece);
  }
  return paths;
}

}  // namespace

LoaderSearch::LoaderSearch(const Context& context) : files_(context.files) {
  if (context.state == SystemState::running) {
    const auto variables = process_variables(files_);
    if (variables) {
      const auto value = [&](std::string_view name) {
        const auto found = variables->find(name);
        return found == variables->end() ? std::string() : found->second;
      };
      preloads_ = absolute_paths(value("LD_PRELOAD"), " :");
      variable_directories_ = absolute_paths(value("LD_LIBRARY_PATH"), ":;");
    } else if (variables.error().kind != ErrorKind::not_found) {
      problem_ = variables.error();
    }
  }
  const auto cache = files_.read(kLoaderCache, kLargestCache);
  if (cache) {
    auto parsed = elf::parse_loader_cache(*cache);
    if (parsed) {
      cache_ = std::move(*parsed);
    } else {
      problem_ = parsed.error();
    }
  } else if (cache.error().kind != ErrorKind::not_found) {
    problem_ = cache.error();
  }
  // The directories that are links to others, such as /lib to /usr/lib, count once.
  std::vector<std::string> seen;
  for (const auto directory : kDefaultDirectories) {
    auto resolved = files_.resolve(directory);
    if (!resolved || std::ranges::find(seen, *resolved) != seen.end()) continue;
    seen.push_back(std::move(*resolved));
    default_directories_.push_back(directory);
  }
}

std::vector<SearchHit> LoaderSearch::find(std::string_view soname) const {
  std::vector<SearchHit> hits;
  const auto add = [&](std::string path, std::string_view found_by) {
    const auto status = files_.status(path);
    if (status && status->kind == target::FileKind::regular) hits.push_back({std::move(path), found_by});
  };
  for (const auto& path : preloads_) {
    if (target::base_name(path) == soname) add(path, "LD_PRELOAD");
  }
  for (const auto& directory : variable_directories_) {
    add(target::join_path(directory, soname), "LD_LIBRARY_PATH");
  }
  for (const auto& library : cache_) {
    if (library.name == soname) add(library.path, "ld.so.cache");
  }
  for (const auto directory : default_directories_) {
    add(target::join_path(directory, soname), "default");
  }
  return hits;
}

}  // namespace preflight::probe::libraries
