#include "probe/environments/installation.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "python/installed_name.hpp"
#include "python/interpreter_version.hpp"

namespace preflight::probe::environments {

namespace {

using target::base_name;
using target::FileTree;
using target::join_path;
using target::parent_path;

constexpr int kMostLevels = 8;  // from a binary's directory up to its prefix
constexpr std::array<std::string_view, 3> kExecutables = {"bin/python3", "bin/python", "bin/pypy3"};

bool is_directory(const FileTree& files, const std::string& path) {
  const auto status = files.status(path);
  return status && status->kind == target::FileKind::directory;
}

// Landmark by which CPython knows its prefix.
bool holds_library(const FileTree& files, std::string_view prefix, std::string_view library) {
  return std::ranges::any_of(kLibraryFolders, [&](std::string_view folder) {
    const auto directory = join_path(join_path(prefix, folder), library);
    return files.exists(join_path(directory, "os.py")) || files.exists(join_path(directory, "os.pyc"));
  });
}

// Names of the library directories below lib and lib64, oldest first.
std::vector<std::string> libraries_of(const FileTree& files, std::string_view prefix) {
  std::vector<std::string> names;
  for (const auto folder : kLibraryFolders) {
    const auto entries = files.list(join_path(prefix, folder));
    if (!entries) continue;
    for (const auto& entry : *entries) {
      if (!python::series_of_library(entry.name).empty()) names.push_back(entry.name);
    }
  }
  std::ranges::sort(names, [](const std::string& left, const std::string& right) {
    return left.size() != right.size() ? left.size() < right.size() : left < right;
  });
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

// The library directory that belongs to a binary: by its name, else the newest that the prefix has.
std::string library_of(const FileTree& files, std::string_view real_executable, std::string_view prefix) {
  const auto name = base_name(real_executable);
  if (!python::series_of_library(name).empty()) return std::string(name);
  const auto names = libraries_of(files, prefix);
  return names.empty() ? std::string() : names.back();
}

// Up from the directory of a binary to the one that has its library; else the parent of that directory.
std::string prefix_above(const FileTree& files, std::string_view directory, std::string_view library) {
  std::string_view place = directory;
  for (int level = 0; level < kMostLevels && !library.empty(); ++level) {
    if (holds_library(files, place, library)) return std::string(place);
    if (place == "/") break;
    place = parent_path(place);
  }
  return std::string(parent_path(directory));
}

std::optional<python::PyvenvConfig> read_config(const FileTree& files, std::string_view prefix) {
  const auto text = files.read(join_path(prefix, "pyvenv.cfg"));
  if (!text) return {};
  return python::parse_pyvenv_config(*text);
}

// The base of a virtual environment: where `home` leads, else where the links of its interpreter lead.
void find_base(const FileTree& files, Installation& found) {
  std::string base = found.real_executable;
  const auto& home = found.venv->home;
  if (home.starts_with('/')) {
    for (const auto& name : {found.library, std::string("python3"), std::string("python")}) {
      if (name.empty()) continue;
      const auto resolved = files.resolve(join_path(home, name));
      if (!resolved) continue;
      base = *resolved;
      break;
    }
  }
  if (found.real_executable.empty()) found.real_executable = base;
  if (base.empty()) return;
  const auto library = library_of(files, base, parent_path(parent_path(base)));
  if (found.library.empty()) found.library = library;
  found.base_prefix = prefix_above(files, parent_path(base), library);
}

Installation in_venv(const FileTree& files, std::string_view prefix, std::string_view executable,
                     python::PyvenvConfig config) {
  Installation found;
  found.prefix = prefix;
  found.executable = executable;
  found.venv = std::move(config);
  if (const auto real = files.resolve(executable)) found.real_executable = *real;
  const auto name = base_name(found.real_executable);
  if (!python::series_of_library(name).empty()) found.library = name;
  find_base(files, found);
  const auto names = libraries_of(files, prefix);
  if (found.library.empty() && !names.empty()) found.library = names.back();
  return found;
}

bool holds_packages(const FileTree& files, const std::string& directory) {
  const auto entries = files.list(directory);
  return entries && std::ranges::any_of(*entries, [](const target::DirectoryEntry& entry) {
           return python::read_installed_name(entry.name).kind == python::InstalledKind::dist_info;
         });
}

}  // namespace

bool is_interpreter_name(std::string_view name) {
  return name == "python" || name == "python3" || name == "pypy3" || name == "pypy" ||
         !python::series_of_library(name).empty();
}

Result<Installation> find_by_executable(const FileTree& files, std::string_view executable) {
  const auto directory = files.resolve(parent_path(executable));
  if (!directory) return directory.error();
  const auto called = join_path(*directory, base_name(executable));
  for (const auto& place : {*directory, std::string(parent_path(*directory))}) {
    if (auto config = read_config(files, place)) return in_venv(files, place, called, std::move(*config));
  }
  const auto real = files.resolve(called);
  if (!real) return real.error();
  const auto status = files.status(*real);
  if (!status) return status.error();
  if (status->kind != target::FileKind::regular) return Error{ErrorKind::wrong_type, "not a regular file"};
  Installation found;
  found.executable = called;
  found.real_executable = *real;
  found.library = library_of(files, *real, parent_path(parent_path(*real)));
  if (found.library.empty())
    return Error{ErrorKind::malformed, "no library directory of a Python is near it"};
  found.prefix = prefix_above(files, parent_path(*real), found.library);
  found.base_prefix = found.prefix;
  return found;
}

Result<Installation> find_by_prefix(const FileTree& files, std::string_view prefix) {
  const auto directory = files.resolve(prefix);
  if (!directory) return directory.error();
  if (!is_directory(files, *directory)) return Error{ErrorKind::wrong_type, "not a directory"};
  if (auto config = read_config(files, *directory)) {
    std::string executable = join_path(*directory, kExecutables.front());
    for (const auto name : kExecutables) {
      if (!files.read_link(join_path(*directory, name)) && !files.exists(join_path(*directory, name)))
        continue;
      executable = join_path(*directory, name);
      break;
    }
    return in_venv(files, *directory, executable, std::move(*config));
  }
  for (const auto name : kExecutables) {
    const auto executable = join_path(*directory, name);
    if (auto found = find_by_executable(files, executable)) return found;
  }
  if (const auto entries = files.list(join_path(*directory, "bin"))) {
    for (const auto& entry : *entries) {
      if (python::series_of_library(entry.name).empty()) continue;
      if (auto found = find_by_executable(files, join_path(*directory, "bin/" + entry.name))) return found;
    }
  }
  if (holds_packages(files, *directory)) {
    Installation found;
    found.prefix = *directory;
    return found;
  }
  return Error{ErrorKind::malformed, "neither a Python nor installed packages are there"};
}

}  // namespace preflight::probe::environments
