#include "probe/environments/compiled_files.hpp"

#include <algorithm>
#include <set>

#include "python/record.hpp"
#include "support/text.hpp"

namespace preflight::probe::environments {

namespace {

using target::FileKind;
using target::FileTree;
using target::join_path;

constexpr std::size_t kLargestRecord = std::size_t{16} << 20;
constexpr std::size_t kMostFiles = 10'000;
constexpr std::size_t kMostEntries = 50'000;
constexpr int kDeepest = 3;

bool is_examined(std::string_view package) {
  return package != "torch" && !package.starts_with("nvidia-") && !package.starts_with("cuda-");
}

// The path that `relative` means in `directory`, without "." and "..".
std::string resolve_dots(std::string_view directory, std::string_view relative) {
  std::vector<std::string_view> parts;
  if (!relative.starts_with('/')) parts = split(directory, '/');
  for (const auto part : split(relative, '/')) parts.push_back(part);
  std::vector<std::string_view> kept;
  for (const auto part : parts) {
    if (part == "..") {
      if (!kept.empty()) kept.pop_back();
    } else if (!part.empty() && part != ".") {
      kept.push_back(part);
    }
  }
  std::string path;
  for (const auto part : kept) path.append("/").append(part);
  return path;
}

class Finder {
 public:
  Finder(const FileTree& files, const ImportPath& import_path) : files_(&files), import_path_(&import_path) {}

  void find(const Package& package) {
    const auto directory = std::string(target::parent_path(package.path));
    const auto file = join_path(package.path, "RECORD");
    const auto record = files_->read(file, kLargestRecord);
    if (record && !record->empty()) {
      if (read_record(package.name, directory, *record) == Installed::as_editable)
        find_sources(package, directory);
      return;
    }
    if (!record && record.error().kind != ErrorKind::not_found &&
        record.error().kind != ErrorKind::wrong_type) {
      result_.problems.push_back(file + ": " + record.error().message);
      return;
    }
    for (const auto& name : top_level_names(package)) find_below(package.name, directory, name);
  }

  CompiledFiles take() { return std::move(result_); }

 private:
  enum class Installed { as_files, as_editable };

  Installed read_record(const std::string& package, const std::string& directory, const std::string& record) {
    auto installed = Installed::as_files;
    python::for_each_recorded_path(record, [&](std::string_view path) {
      if (path.starts_with("__editable__")) installed = Installed::as_editable;
      if (!python::is_shared_object_name(path)) return;
      if (path.find('\0') == std::string_view::npos) add(package, resolve_dots(directory, path));
    });
    return installed;
  }

  // The files of an editable package stand in a directory that its .pth file adds to the import path.
  void find_sources(const Package& package, const std::string& metadata_directory) {
    for (const auto& name : top_level_names(package)) {
      for (const auto& directory : import_path_->directories) {
        if (directory.path != metadata_directory) find_below(package.name, directory.path, name);
      }
    }
  }

  std::vector<std::string> top_level_names(const Package& package) const {
    std::vector<std::string> names;
    if (const auto text = files_->read(join_path(package.path, "top_level.txt"))) {
      for (const auto line : lines(*text)) {
        const auto name = trim(line);
        if (!name.empty() && name.find_first_of(std::string_view("/\0", 2)) == std::string_view::npos &&
            name != "." && name != "..")
          names.emplace_back(name);
      }
    }
    if (names.empty()) {
      names.push_back(package.name);
      std::ranges::replace(names.back(), '-', '_');
    }
    return names;
  }

  // The package's directory, or the module "name.cpython-311-x86_64-linux-gnu.so".
  void find_below(const std::string& package, const std::string& directory, const std::string& name) {
    const auto entries = files_->list(directory);
    if (!entries) return;
    for (const auto& entry : *entries) {
      if (entry.name == name) {
        walk(package, join_path(directory, name), 1);
      } else if (entry.name.starts_with(name + ".") && python::is_shared_object_name(entry.name)) {
        add(package, join_path(directory, entry.name));
      }
    }
  }

  void walk(const std::string& package, const std::string& directory, int depth) {
    const auto entries = files_->list(directory);
    if (!entries) return;
    for (const auto& entry : *entries) {
      if (++entries_ == kMostEntries)
        result_.problems.emplace_back("more than 50,000 files of packages without RECORD");
      if (entries_ >= kMostEntries) return;
      const auto path = join_path(directory, entry.name);
      if (entry.kind == FileKind::directory) {
        if (depth < kDeepest && entry.name != "__pycache__") walk(package, path, depth + 1);
      } else if (python::is_shared_object_name(entry.name)) {
        add(package, path);
      }
    }
  }

  void add(const std::string& package, std::string path) {
    if (result_.files.size() == kMostFiles) {
      if (!is_full_) result_.problems.emplace_back("more than 10,000 compiled files");
      is_full_ = true;
      return;
    }
    if (seen_.insert(path).second) result_.files.push_back({package, std::move(path)});
  }

  const FileTree* files_;
  const ImportPath* import_path_;
  CompiledFiles result_;
  std::set<std::string, std::less<>> seen_;
  std::size_t entries_ = 0;
  bool is_full_ = false;
};

}  // namespace

CompiledFiles find_compiled_files(const FileTree& files, const ImportPath& import_path,
                                  const Packages& packages) {
  Finder finder(files, import_path);
  for (const auto& package : packages.installed) {
    if (is_examined(package.name)) finder.find(package);
  }
  return finder.take();
}

}  // namespace preflight::probe::environments
