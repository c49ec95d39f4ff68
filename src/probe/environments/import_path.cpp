#include "probe/environments/import_path.hpp"

#include <algorithm>
#include <set>

#include "python/installed_name.hpp"
#include "python/interpreter_version.hpp"
#include "python/path_file.hpp"
#include "support/text.hpp"

namespace preflight::probe::environments {

namespace {

using python::InstalledKind;
using target::FileTree;
using target::join_path;

constexpr std::size_t kMostImportDirectories = 200;
constexpr std::size_t kMostPathLines = 1000;

enum class PathFiles { follow, ignore };

class Builder {
 public:
  explicit Builder(const FileTree& files) : files_(&files) {}

  // Adds a directory, and then what its path files name (site.addsitedir).
  void add(const std::string& path, PathFiles path_files) {
    const auto resolved = files_->resolve(path);
    if (!resolved) {
      // Links in a cycle lead nowhere, for Python neither.
      const auto kind = resolved.error().kind;
      if (kind != ErrorKind::not_found && kind != ErrorKind::malformed) fail(path, resolved.error());
      return;
    }
    if (!seen_.insert(*resolved).second) return;
    auto entries = files_->list(*resolved);
    if (!entries) {
      // A file on the import path is a ZIP archive: nothing that pip would have installed.
      if (entries.error().kind != ErrorKind::wrong_type) fail(path, entries.error());
      return;
    }
    if (result_.directories.size() == kMostImportDirectories) {
      fail(path, {ErrorKind::too_large, "more than 200 directories on the import path"});
      return;
    }
    result_.directories.push_back({*resolved, std::move(*entries)});
    if (path_files == PathFiles::follow) follow_path_files(result_.directories.size() - 1);
  }

  ImportPath take() { return std::move(result_); }

 private:
  void follow_path_files(std::size_t place) {
    const auto directory = result_.directories[place].path;
    std::vector<std::string> names;  // first: following them adds directories
    for (const auto& entry : result_.directories[place].entries) {
      const auto kind = python::read_installed_name(entry.name).kind;
      const bool adds = kind == InstalledKind::path_file || kind == InstalledKind::egg_link;
      if (adds && !entry.name.starts_with('.')) names.push_back(entry.name);
    }
    for (const auto& name : names) follow(directory, name);
  }

  void follow(const std::string& directory, const std::string& name) {
    if (lines_ > kMostPathLines) return;
    const auto path = join_path(directory, name);
    const auto text = files_->read(path);
    if (!text) {
      if (text.error().kind != ErrorKind::not_found) fail(path, text.error());
      return;
    }
    auto lines = python::parse_path_file(*text);
    // An egg-link names one directory; its second line is for setuptools.
    if (python::read_installed_name(name).kind == InstalledKind::egg_link && !lines.empty()) lines.resize(1);
    for (const auto line : lines) {
      if (++lines_ > kMostPathLines) {
        fail(path, {ErrorKind::too_large, "more than 1,000 paths in .pth files"});
        return;
      }
      add(line.starts_with('/') ? std::string(line) : join_path(directory, line), PathFiles::ignore);
    }
  }

  void fail(const std::string& path, const Error& error) {
    result_.problems.push_back(path + ": " + error.message);
  }

  const FileTree* files_;
  ImportPath result_;
  std::size_t lines_ = 0;  // of path files, followed so far
  std::set<std::string, std::less<>> seen_;
};

// Debian's Python calls the directories of its packages dist-packages and shares one among all versions.
bool is_debian(const FileTree& files, const Installation& python) {
  return python.base_prefix == "/usr" &&
         (files.exists("/usr/lib/python3/dist-packages") ||
          files.exists(join_path("/usr/lib", python.library + "/dist-packages")) ||
          files.exists(join_path("/usr/local/lib", python.library + "/dist-packages")));
}

void add_site_packages(const FileTree& files, const Installation& python, const std::string& prefix,
                       Builder& builder) {
  if (prefix == "/usr" && is_debian(files, python)) {
    builder.add(join_path("/usr/local/lib", python.library + "/dist-packages"), PathFiles::follow);
    builder.add("/usr/lib/python3/dist-packages", PathFiles::follow);
    builder.add(join_path("/usr/lib", python.library + "/dist-packages"), PathFiles::follow);
    return;
  }
  // Fedora's Python takes /usr/local as well, unless another Python of that version lives there.
  const bool shares_local = prefix == "/usr" && !files.exists(join_path("/usr/local/bin", python.library));
  for (const std::string& root : {std::string("/usr/local"), prefix}) {
    if (root != prefix && !shares_local) continue;
    for (const auto folder : kLibraryFolders) {
      builder.add(join_path(join_path(root, folder), python.library + "/site-packages"), PathFiles::follow);
    }
  }
}

// site.ENABLE_USER_SITE, as far as files and variables decide it.
bool has_user_site(const Surroundings& surroundings, const Installation& python) {
  if (python.venv && !python.venv->system_site_packages) return false;
  return surroundings.variable("PYTHONNOUSERSITE").empty() && !surroundings.homes.empty();
}

void add_user_site(const Surroundings& surroundings, const Installation& python, Builder& builder) {
  auto base = std::string(surroundings.variable("PYTHONUSERBASE"));
  if (base.empty()) base = join_path(surroundings.homes.front(), ".local");
  const auto series = python::series_of_library(python.library);
  // CPython names it after the version; free-threaded builds keep their "t".
  const auto name = python.library.ends_with('m') ? "python" + std::string(series) : python.library;
  builder.add(join_path(base, "lib/" + name + "/site-packages"), PathFiles::follow);
}

}  // namespace

ImportPath read_import_path(const FileTree& files, const Surroundings& surroundings,
                            const Installation& python) {
  Builder builder(files);
  for (const auto directory : split(surroundings.variable("PYTHONPATH"), ':')) {
    if (directory.starts_with('/')) builder.add(std::string(directory), PathFiles::ignore);
  }
  if (python.library.empty()) {
    builder.add(python.prefix, PathFiles::ignore);
    return builder.take();
  }
  if (python.venv) add_site_packages(files, python, python.prefix, builder);
  if (has_user_site(surroundings, python)) add_user_site(surroundings, python, builder);
  if (!python.venv) add_site_packages(files, python, python.prefix, builder);
  if (python.venv && python.venv->system_site_packages && !python.base_prefix.empty()) {
    add_site_packages(files, python, python.base_prefix, builder);
  }
  return builder.take();
}

std::optional<std::string> find_package(const target::FileTree& files, const ImportPath& import_path,
                                        std::string_view name) {
  for (const auto& directory : import_path.directories) {
    if (!std::ranges::binary_search(directory.entries, name, {}, &target::DirectoryEntry::name)) continue;
    auto path = target::join_path(directory.path, name);
    if (files.exists(target::join_path(path, "__init__.py"))) return path;
  }
  return {};
}

}  // namespace preflight::probe::environments
