#include "probe/libraries/loader_search.hpp"

#include "loader/search.hpp"
#include "probe/loader_variables.hpp"

namespace preflight::probe::libraries {

LoaderSearch::LoaderSearch(const Context& context) : files_(context.files), directories_(context.files) {
  const auto variables = loader_variables(context);
  if (!variables) problem_ = variables.error();
  const auto program = loader::find_system_loader(files_);
  std::vector<std::string> problems;
  settings_ = loader::read_settings(files_, variables ? *variables : loader::Variables{}, program.machine,
                                    program.path, problems);
  if (!problems.empty()) problem_ = Error{ErrorKind::io, problems.front()};
}

std::vector<SearchHit> LoaderSearch::find(std::string_view soname) {
  std::vector<SearchHit> hits;
  const auto add = [&](std::string path, std::string_view found_by) {
    const auto status = files_.status(path);
    if (status && status->kind == target::FileKind::regular) hits.push_back({std::move(path), found_by});
  };
  for (const auto* const paths : {&settings_.preload, &settings_.file_preload}) {
    for (const auto& path : *paths) {
      if (path.starts_with('/') && target::base_name(path) == soname) {
        add(path, loader::to_text(loader::FoundBy::preload));
      }
    }
  }
  // What isn't absolute depends on the program and its working directory.
  std::vector<std::string> absolute;
  for (const auto& directory : settings_.library_path) {
    if (directory.starts_with('/')) absolute.push_back(directory);
  }
  loader::search(soname, {{loader::FoundBy::library_path, absolute}}, loader::CacheUse::all, settings_,
                 directories_, [&](const loader::Candidate& candidate) {
                   add(candidate.path, loader::to_text(candidate.found_by));
                   return false;
                 });
  return hits;
}

std::vector<std::string> LoaderSearch::preloads() const {
  auto all = settings_.preload;
  all.insert(all.end(), settings_.file_preload.begin(), settings_.file_preload.end());
  return all;
}

}  // namespace preflight::probe::libraries
