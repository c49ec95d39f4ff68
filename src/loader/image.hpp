// A file that the loader can map, read once however often it is asked for.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "elf/dynamic.hpp"
#include "target/file_tree.hpp"

namespace preflight::loader {

struct Image {
  std::string path;  // links resolved
  std::unique_ptr<ByteSource> source;
  elf::File file;
  elf::Dynamic dynamic;
};

// Images of one file tree, by their path. Holds what it returns for its whole life.
class Images {
 public:
  Images(const target::FileTree& files, elf::Machine machine) : files_(&files), machine_(machine) {}

  // Errors: not_found and not_permitted, after which the loader goes on with its search; unsupported for a
  // file of another machine or class, which it passes over; any other ends the search: the file is broken.
  Result<const Image*> open(std::string_view path);

 private:
  Result<std::unique_ptr<Image>> read(const std::string& path) const;

  const target::FileTree* files_;
  elf::Machine machine_;
  std::map<std::string, Result<std::unique_ptr<Image>>, std::less<>> images_;
};

}  // namespace preflight::loader
