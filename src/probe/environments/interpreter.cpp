#include "probe/environments/interpreter.hpp"

#include <algorithm>
#include <vector>

#include "elf/contents.hpp"
#include "python/interpreter_version.hpp"
#include "support/text.hpp"

namespace preflight::probe::environments {

namespace {

using target::FileTree;
using target::join_path;

// Python.h and patchlevel.h; up to 3.7 the directory carried the ABI flag "m".
std::vector<std::string> include_directories(const Installation& python) {
  const auto base = join_path(python.base_prefix, "include/" + python.library);
  return {base, base + "m"};
}

std::optional<InterpreterVersion> from_header(const FileTree& files, const Installation& python) {
  for (const auto& directory : include_directories(python)) {
    const auto path = join_path(directory, "patchlevel.h");
    const auto text = files.read(path);
    if (!text) continue;
    if (auto version = python::read_patchlevel(*text))
      return InterpreterVersion{std::move(version), path, {}};
  }
  return {};
}

std::optional<InterpreterVersion> from_conda(const FileTree& files, const Installation& python) {
  const auto directory = join_path(python.base_prefix, "conda-meta");
  const auto entries = files.list(directory);
  if (!entries) return {};
  for (const auto& entry : *entries) {
    const auto package = python::read_conda_record_name(entry.name);
    if (!package || package->name != "python") continue;
    return InterpreterVersion{std::string(package->version), join_path(directory, entry.name), {}};
  }
  return {};
}

// PY_VERSION among the constants of an interpreter or its library.
std::optional<std::string> search_binary(const FileTree& files, const std::string& path,
                                         std::string_view series) {
  constexpr std::uint64_t kLimit = std::uint64_t{32} << 20;
  const auto source = files.open(path);
  if (!source) return {};
  const auto file = elf::File::open(**source);
  if (!file) return {};
  const auto constants = file->section(".rodata");
  if (!constants) return {};
  std::optional<std::string> version;
  const auto found =
      elf::find_text(*file, *constants, std::string(series) + ".", kLimit, [&](std::string_view text) {
        if (!python::is_interpreter_version(text, series)) return false;
        version = text;
        return true;
      });
  return found && *found ? version : std::nullopt;
}

std::optional<InterpreterVersion> from_binary(const FileTree& files, const Installation& python) {
  const auto series = python::series_of_library(python.library);
  std::vector<std::string> paths;
  for (const auto folder : kLibraryFolders) {
    const auto library = join_path(python.base_prefix, std::string(folder) + "/lib" + python.library);
    paths.push_back(library + ".so.1.0");
    paths.push_back(library + "m.so.1.0");
  }
  if (!python.real_executable.empty()) paths.push_back(python.real_executable);
  for (const auto& path : paths) {
    if (auto version = search_binary(files, path, series))
      return InterpreterVersion{std::move(version), path, {}};
  }
  return {};
}

}  // namespace

InterpreterVersion find_version(const FileTree& files, const Installation& python) {
  const std::string series(python::series_of_library(python.library));
  if (series.empty()) return {{}, python.prefix, "no interpreter is there"};
  if (python.base_prefix.empty()) {
    std::string reason = "its interpreter is missing";
    if (python.venv && !python.venv->home.empty()) reason += " (home = " + python.venv->home + ")";
    return {{}, python.executable, reason + "; its library directory says " + series};
  }
  if (auto version = from_header(files, python)) return *version;
  if (auto version = from_conda(files, python)) return *version;
  if (auto version = from_binary(files, python)) return *version;
  return {{}, python.base_prefix, "only its series is known: " + series};
}

std::optional<std::string> find_machine(const FileTree& files, const Installation& python) {
  if (python.real_executable.empty()) return {};
  const auto source = files.open(python.real_executable);
  if (!source) return {};
  const auto file = elf::File::open(**source);
  if (!file) return {};
  switch (file->header().machine) {
    case elf::Machine::x86_64:
      return "x86_64";
    case elf::Machine::aarch64:
      return "aarch64";
    case elf::Machine::x86:
    case elf::Machine::arm:
      break;
  }
  return {};
}

std::string implementation_of(const Installation& python) {
  return python.library.starts_with("pypy") ? "pypy" : "cpython";
}

void write_interpreter(const FileTree& files, const Installation& python, const InterpreterVersion& version,
                       facts::SubjectWriter& writer) {
  if (python.library.empty()) {
    writer.rest_absent("python.", python.prefix);
    return;
  }
  if (version.text) {
    writer.set("python.version", *version.text, version.source);
  } else {
    writer.unknown("python.version", {version.reason}, version.source);
  }
  writer.set("python.implementation", implementation_of(python), python.library);
  writer.set("python.executable", python.executable, python.prefix);
  if (python.base_prefix.empty()) {
    writer.unknown("python.include", {"its interpreter is missing"}, python.executable);
    return;
  }
  const auto directories = include_directories(python);
  for (const auto& directory : directories) {
    if (!files.exists(join_path(directory, "Python.h"))) continue;
    writer.set("python.include", directory, join_path(directory, "Python.h"));
    return;
  }
  writer.absent("python.include", join_path(directories.front(), "Python.h"));
}

}  // namespace preflight::probe::environments
