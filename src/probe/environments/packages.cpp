#include "probe/environments/packages.hpp"

#include <optional>

#include "probe/environments/metadata_file.hpp"
#include "python/installed_name.hpp"
#include "python/name.hpp"

namespace preflight::probe::environments {

namespace {

using python::InstalledKind;
using target::DirectoryEntry;
using target::FileKind;
using target::FileTree;
using target::join_path;

constexpr std::size_t kMostPackages = 20'000;

// Where the metadata of an entry is: the directory or file that stands for the package, and the file to read.
struct MetadataPlace {
  std::string path;
  std::string file;          // empty for what is inside a ZIP file
  std::string requirements;  // requires.txt of a directory in setuptools' old format; else empty
};

FileKind followed_kind(const FileTree& files, const std::string& path, const DirectoryEntry& entry) {
  if (entry.kind != FileKind::link) return entry.kind;
  const auto status = files.status(path);
  return status ? status->kind : FileKind::link;
}

MetadataPlace in_egg(const std::string& directory) {
  return {directory, join_path(directory, "PKG-INFO"), join_path(directory, "requires.txt")};
}

std::optional<MetadataPlace> place_of(const FileTree& files, const std::string& directory,
                                      const DirectoryEntry& entry, InstalledKind kind) {
  const auto path = join_path(directory, entry.name);
  switch (kind) {
    case InstalledKind::dist_info:
      return MetadataPlace{path, join_path(path, "METADATA"), {}};
    case InstalledKind::egg_info:
      if (followed_kind(files, path, entry) != FileKind::directory) return MetadataPlace{path, path, {}};
      return in_egg(path);
    case InstalledKind::egg:
      if (followed_kind(files, path, entry) != FileKind::directory) return MetadataPlace{path, {}, {}};
      return in_egg(join_path(path, "EGG-INFO"));
    case InstalledKind::egg_link:
    case InstalledKind::path_file:
    case InstalledKind::other:
      break;
  }
  return {};
}

class Reader {
 public:
  explicit Reader(const FileTree& files) : files_(&files) {}

  void read(const ImportDirectory& directory) {
    for (const auto& entry : directory.entries) {
      const auto name = python::read_installed_name(entry.name);
      const auto place = place_of(*files_, directory.path, entry, name.kind);
      if (!place || !python::is_valid_name(name.name)) continue;
      if (result_.installed.size() + result_.hidden.size() == kMostPackages) {
        result_.problems.emplace_back("more than 20,000 packages");
        return;
      }
      read(name, *place);
    }
  }

  Packages take() { return std::move(result_); }

 private:
  // Without METADATA there is no package: Python can't import what an interrupted uninstallation left.
  void read(const python::InstalledName& name, const MetadataPlace& place) {
    Package package;
    package.path = place.path;
    if (place.file.empty()) {
      package.name = python::normalize_name(name.name);
      package.version = name.version;
      package.problem = place.path + ": metadata in a ZIP file isn't read";
      if (!package.version.empty()) add(std::move(package));
      return;
    }
    const auto headers = read_header_block(*files_, place.file);
    if (headers) {
      package.metadata = python::parse_metadata(*headers);
      if (python::is_valid_name(package.metadata.name)) {
        package.name = python::normalize_name(package.metadata.name);
      }
      package.version = package.metadata.version;
      add_requirements(place, package);
    } else if (headers.error().kind == ErrorKind::not_found) {
      return;
    } else {
      package.problem = place.file + ": " + headers.error().message;
    }
    // What the file doesn't say (truncated, unreadable), the name of the directory does, as pip reads it.
    if (package.name.empty()) package.name = python::normalize_name(name.name);
    if (package.version.empty()) package.version = name.version;
    package.metadata.name = package.name;
    package.metadata.version = package.version;
    if (package.name.empty() || package.version.empty()) {
      result_.problems.push_back(package.problem.empty() ? place.file + ": states no name and version"
                                                         : package.problem);
      return;
    }
    add(std::move(package));
  }

  void add_requirements(const MetadataPlace& place, Package& package) {
    if (place.requirements.empty()) return;
    if (const auto text = files_->read(place.requirements)) {
      python::add_requires_txt(*text, package.metadata);
    } else if (text.error().kind != ErrorKind::not_found) {
      package.problem = place.requirements + ": " + text.error().message;
    }
  }

  void add(Package package) {
    const auto [place, is_first] = result_.places.emplace(package.name, result_.installed.size());
    if (is_first) {
      result_.installed.push_back(std::move(package));
    } else {
      result_.hidden.push_back({place->second, std::move(package)});
    }
  }

  const FileTree* files_;
  Packages result_;
};

}  // namespace

const Package* Packages::find(std::string_view name) const {
  const auto place = places.find(name);
  return place == places.end() ? nullptr : &installed[place->second];
}

Packages read_packages(const FileTree& files, const ImportPath& import_path) {
  Reader reader(files);
  for (const auto& directory : import_path.directories) reader.read(directory);
  return reader.take();
}

void write_packages(const Packages& packages, const ImportPath& import_path, facts::SubjectWriter& writer) {
  auto problems = import_path.problems;
  problems.insert(problems.end(), packages.problems.begin(), packages.problems.end());
  const std::string source =
      import_path.directories.empty() ? std::string("site-packages") : import_path.directories.front().path;
  if (!problems.empty()) {
    const facts::Unknown why{problems.front(), facts::Gap::unreadable};
    writer.unknown("packages", why, source);
    writer.unknown("duplicates", why, source);
    return;
  }
  facts::Map versions;
  for (const auto& package : packages.installed) versions.emplace(package.name, package.version);
  writer.set("packages", std::move(versions), source);
  facts::List duplicates;
  for (const auto& copy : packages.hidden) {
    const auto& imported = packages.installed[copy.imported];
    duplicates.emplace_back(facts::Map{{"package", imported.name},
                                       {"version", imported.version},
                                       {"path", imported.path},
                                       {"other_version", copy.hidden.version},
                                       {"other_path", copy.hidden.path}});
  }
  writer.set("duplicates", std::move(duplicates), source);
}

}  // namespace preflight::probe::environments
