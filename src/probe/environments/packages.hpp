// The packages that are installed on an import path, by their metadata.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "facts/writer.hpp"
#include "probe/environments/import_path.hpp"
#include "python/metadata.hpp"

namespace preflight::probe::environments {

struct Package {
  std::string name;     // normalized (PEP 503)
  std::string version;  // as its metadata states it
  std::string path;     // of its metadata: a directory, or an egg-info file
  python::Metadata metadata;
  std::string problem;  // why the metadata couldn't be read, which then are empty; else empty
};

struct HiddenCopy {
  std::size_t imported = 0;  // place of the copy that is imported
  Package hidden;
};

struct Packages {
  std::vector<Package> installed;  // each name once: the first on the import path, as Python and pip see it
  std::map<std::string, std::size_t, std::less<>> places;  // in `installed`, by name
  std::vector<HiddenCopy> hidden;
  std::vector<std::string> problems;  // what may hide a package whose name isn't known

  const Package* find(std::string_view name) const;
};

Packages read_packages(const target::FileTree& files, const ImportPath& import_path);

// Sets packages and duplicates.
void write_packages(const Packages& packages, const ImportPath& import_path, facts::SubjectWriter& writer);

}  // namespace preflight::probe::environments
