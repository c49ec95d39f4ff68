#include "probe/building/compiler.hpp"

#include <algorithm>
#include <vector>

#include "elf/contents.hpp"
#include "support/version.hpp"

namespace preflight::probe::building {

namespace {

using target::FileTree;
using target::join_path;

constexpr std::uint64_t kMostText = std::uint64_t{4} << 20U;  // of .rodata
constexpr std::size_t kMostReleases = 50;

// What a release of a compiler keeps for itself: /usr/lib/gcc/x86_64-linux-gnu/12.
struct Release {
  std::string name;  // "12", "12.4.0"
  std::string directory;
};

std::string head_number(std::string_view name) {
  return std::string(name.substr(0, name.find('.')));
}

void add_releases(const FileTree& files, const std::string& parent, std::vector<Release>& found) {
  const auto entries = files.list(parent);
  if (!entries) return;
  for (const auto& entry : *entries) {
    const bool is_release = parse_dotted_version(entry.name) && found.size() < kMostReleases;
    if (is_release) found.push_back({entry.name, join_path(parent, entry.name)});
  }
}

// gcc's lie one level deeper, below the name of what they compile for.
std::vector<Release> releases_beside(const FileTree& files, const std::string& program,
                                     std::string_view kind) {
  const std::string prefix(target::parent_path(target::parent_path(program)));
  const auto libraries = join_path(prefix, kind == "gcc" ? "lib/gcc" : "lib/clang");
  std::vector<Release> found;
  if (kind == "clang") {
    add_releases(files, libraries, found);
  } else if (const auto targets = files.list(libraries)) {
    for (const auto& entry : *targets) add_releases(files, join_path(libraries, entry.name), found);
  }
  return found;
}

// The driver's constants hold its version as a text of its own. It begins with one of these numbers.
Result<std::string> version_in_program(const FileTree& files, const std::string& program,
                                       const std::vector<Release>& releases) {
  const auto source = files.open(program);
  if (!source) return source.error();
  const auto file = elf::File::open(**source);
  if (!file) return file.error();
  const auto section = file->section(".rodata");
  if (!section) return section.error();
  std::string version;
  for (const auto& release : releases) {
    const auto found = elf::find_text(*file, *section, head_number(release.name) + ".", kMostText,
                                      [&](std::string_view text) {
                                        version = version_of_constant(text);
                                        return !version.empty();
                                      });
    if (found && *found) return version;
  }
  return Error{ErrorKind::not_found, "its constants tell no version"};
}

// clang's programs share their constants with a library; there the directory has to tell.
Result<std::string> find_version(const FileTree& files, const std::string& program, std::string_view kind,
                                 const std::vector<Release>& releases) {
  if (kind == "gcc") {
    if (auto version = version_in_program(files, program, releases)) return version;
  }
  const bool tells =
      releases.size() == 1 && (kind == "clang" || releases[0].name.find('.') != std::string::npos);
  if (tells) return releases[0].name;
  return Error{ErrorKind::not_found, "no directory of one release beside it"};
}

Result<std::string> find_headers(const FileTree& files, const std::string& version,
                                 const std::vector<Release>& releases) {
  for (const auto& release : releases) {
    if (head_number(release.name) != head_number(version)) continue;
    auto directory = join_path(release.directory, "include");
    if (files.exists(join_path(directory, "stddef.h"))) return directory;
  }
  return Error{ErrorKind::not_found, "no stddef.h of its own"};
}

}  // namespace

std::string_view version_of_constant(std::string_view text) {
  const auto version = leading_dotted_version(text);
  const auto numbers = parse_dotted_version(version);
  if (!numbers || numbers->numbers.size() != 3) return {};
  const auto rest = text.substr(version.size());
  const bool dated = rest.size() >= 9 && rest.front() == ' ' &&
                     std::ranges::all_of(rest.substr(1, 8), [](char c) { return c >= '0' && c <= '9'; });
  return rest.empty() || dated ? version : std::string_view();
}

std::optional<Compiler> identify_compiler(const FileTree& files, std::string_view program) {
  const auto path = files.resolve(program);
  if (!path) return std::nullopt;
  const auto name = target::base_name(*path);
  const bool is_clang = name.find("clang") != std::string_view::npos;
  const bool is_gcc =
      name.find("gcc") != std::string_view::npos || name.find("g++") != std::string_view::npos;
  if (!is_clang && !is_gcc) return std::nullopt;
  const std::string_view kind = is_clang ? "clang" : "gcc";
  const auto releases = releases_beside(files, *path, kind);
  auto version = find_version(files, *path, kind, releases);
  auto headers = version ? find_headers(files, *version, releases) : Result<std::string>(version.error());
  return Compiler{kind, std::move(version), std::move(headers)};
}

}  // namespace preflight::probe::building
