// Where the dynamic loader looks for a library that a program without a path of its own (DT_RPATH,
// DT_RUNPATH) asks for.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "loader/directories.hpp"
#include "loader/settings.hpp"
#include "probe/probe.hpp"

namespace preflight::probe::libraries {

struct SearchHit {
  std::string path;
  std::string_view found_by;  // LD_PRELOAD, LD_LIBRARY_PATH, ld.so.cache or default
};

class LoaderSearch {
 public:
  // Reads the process' variables (of a running system) and the loader's cache.
  explicit LoaderSearch(const Context& context);

  // The files of this SONAME in the order of the search. The first is what is loaded if it is of the right
  // machine.
  std::vector<SearchHit> find(std::string_view soname);

  // The names and paths in LD_PRELOAD, then those in /etc/ld.so.preload.
  std::vector<std::string> preloads() const;

  // What kept a part of the search from being read; empty when nothing did.
  const std::optional<Error>& problem() const { return problem_; }

 private:
  const target::FileTree& files_;
  loader::Settings settings_;
  loader::Directories directories_;
  std::optional<Error> problem_;
};

}  // namespace preflight::probe::libraries
