// The search for a library by its name: dlopen(3), ld.so(8), and glibc's _dl_map_object where these are
// silent.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "loader/directories.hpp"
#include "loader/settings.hpp"

namespace preflight::loader {

enum class FoundBy {
  start,              // the program itself, and the loader that it names
  preload,            // LD_PRELOAD or /etc/ld.so.preload
  rpath,              // DT_RPATH of the object that needs it, of what loaded that one, or of the program
  library_path,       // LD_LIBRARY_PATH
  runpath,            // DT_RUNPATH of the object that needs it
  cache,              // ld.so.cache
  default_directory,  // a directory that the loader was built with
  path,               // it was asked for by path
};

// As facts name them: "DT_RPATH", "LD_LIBRARY_PATH", "ld.so.cache", ...
std::string_view to_text(FoundBy found_by);

// One part of a search: directories with what put them there.
struct Step {
  FoundBy found_by = FoundBy::path;
  std::vector<std::string> directories;  // tokens expanded
};

// Whose $ORIGIN stands in a text.
std::string expand_tokens(std::string_view text, std::string_view origin, const Settings& settings);

// Expanded, without those that a token that isn't known makes unusable.
std::vector<std::string> expand_directories(const std::vector<std::string>& items, std::string_view origin,
                                            const Settings& settings);

struct Candidate {
  std::string path;  // as the loader composes it
  FoundBy found_by = FoundBy::path;
};

enum class CacheUse { all, none_of_default_directories };  // the latter for objects with DF_1_NODEFLIB

// Files of this name in the order of the search, existing ones only: passes each to `accept` until that
// returns true.
void search(std::string_view name, const std::vector<Step>& before_cache, CacheUse cache,
            const Settings& settings, Directories& directories,
            const std::function<bool(const Candidate&)>& accept);

}  // namespace preflight::loader
