// Which files stand in the directories of a search: each directory is listed once, however often and under
// however many names it is searched.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "target/file_tree.hpp"

namespace preflight::loader {

class Directories {
 public:
  explicit Directories(const target::FileTree& files) : files_(&files) {}

  // Whether the directory has an entry of this name, of whatever kind.
  bool holds(const std::string& directory, std::string_view name);

 private:
  struct Listing {
    bool is_listed = false;  // false where the entries can't be read: then each is asked for
    std::vector<target::DirectoryEntry> entries;
  };
  const Listing& listing_of(const std::string& directory);

  const target::FileTree* files_;
  std::map<std::string, std::string, std::less<>> resolved_;  // empty for what is no directory
  std::map<std::string, Listing, std::less<>> listings_;      // by resolved path
};

}  // namespace preflight::loader
