// Where the dynamic loader of glibc looks for a library that a program without a path of its own (DT_RPATH,
// DT_RUNPATH) asks for: ld.so(8).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "elf/loader_cache.hpp"
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

  // The files of this SONAME in the order of the search, each directory once. The first is what is loaded if
  // it is of the right machine.
  std::vector<SearchHit> find(std::string_view soname) const;

  // What kept a part of the search from being read; empty when nothing did.
  const std::optional<Error>& problem() const { return problem_; }

 private:
  const target::FileTree& files_;
  std::vector<std::string> preloads_;
  std::vector<std::string> variable_directories_;
  std::vector<elf::CachedLibrary> cache_;
  std::vector<std::string_view> default_directories_;
  std::optional<Error> problem_;
};

// What the search reads, for the declarations of probes.
inline constexpr std::string_view kLoaderCache = "/etc/ld.so.cache";
inline constexpr std::string_view kDefaultDirectories[] = {"/lib/x86_64-linux-gnu",
                                                           "/usr/lib/x86_64-linux-gnu",
                                                           "/lib/aarch64-linux-gnu",
                                                           "/usr/lib/aarch64-linux-gnu",
                                                           "/lib64",
                                                           "/usr/lib64",
                                                           "/lib",
                                                           "/usr/lib"};

}  // namespace preflight::probe::libraries
