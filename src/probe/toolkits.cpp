// CUDA toolkits on the disk. A toolkit is a directory that states its version or has a compiler.
#include <algorithm>

#include "probe/libraries/places.hpp"
#include "probe/probe.hpp"
#include "probe/process_variables.hpp"
#include "probe/program_search.hpp"
#include "probe/reading.hpp"
#include "probe/toolkit/toolkit_version.hpp"

namespace preflight::probe {

namespace {

using facts::Gap;
using target::FileKind;
using target::FileTree;
using target::join_path;

constexpr std::string_view kToolkitPlaces = "known places of CUDA toolkits";
// Debian's nvidia-cuda-toolkit has its parts in /usr and binds them together here.
constexpr std::string_view kDebian = "/usr/lib/cuda";
constexpr std::string_view kDebianCompiler = "/usr/lib/nvidia-cuda-toolkit/bin/nvcc";

constexpr std::size_t kHeaderHead = std::size_t{256} << 10U;

struct Version {
  std::string text;
  std::string source;
};

// The version, from the first of the toolkit's files that is there; not_found when none is.
Result<Version> read_version(const FileTree& files, const std::string& directory) {
  const auto json_path = join_path(directory, "version.json");
  const auto json = files.read(json_path);
  if (!json && json.error().kind != ErrorKind::not_found) return json.error();
  if (json) {
    auto version = toolkit::version_of_json(*json);
    if (!version) return version.error();
    return Version{std::move(*version), json_path};
  }
  const auto text_path = join_path(directory, "version.txt");
  if (const auto text = files.read_head(text_path, 4096)) {
    if (auto version = toolkit::version_of_text(*text)) return Version{std::move(*version), text_path};
  }
  const auto header_path = join_path(directory, "include/cuda.h");
  const auto header = files.read_head(header_path, kHeaderHead);
  if (!header) return header.error();
  auto version = toolkit::version_of_header(*header);
  if (!version) return Error{ErrorKind::malformed, "no CUDA_VERSION in cuda.h"};
  return Version{std::move(*version), header_path};
}

// The directory that a build takes its compiler from, links resolved; empty when there is none. So does
// torch's build helper (torch/utils/cpp_extension.py), and DeepSpeed with it.
std::string chosen_directory(const Context& context) {
  if (context.state == SystemState::running) {
    if (const auto variables = process_variables(context.files)) {
      for (const auto* const name : {"CUDA_HOME", "CUDA_PATH"}) {
        const auto value = variables->find(name);
        if (value == variables->end() || value->second.empty()) continue;
        const auto path = context.files.resolve(value->second);
        return path ? *path : value->second;
      }
    }
  }
  if (const auto search = search_path(context)) {
    const auto found = find_program(context.files, search->directories, "nvcc");
    const auto compiler = found ? context.files.resolve(*found) : Result<std::string>(found.error());
    if (compiler && *compiler == kDebianCompiler) return std::string(kDebian);
    if (compiler) return std::string(target::parent_path(target::parent_path(*compiler)));
  }
  const auto usual = context.files.resolve("/usr/local/cuda");
  return usual ? *usual : std::string();
}

// Candidates, links resolved, each once.
std::vector<std::string> find_directories(const Context& context, const std::string& chosen) {
  auto found = libraries::toolkit_directories(context.files);
  for (const auto& other : {std::string(kDebian), chosen}) {
    auto path = context.files.resolve(other);
    if (path && std::ranges::find(found, *path) == found.end()) found.push_back(std::move(*path));
  }
  return found;
}

// The links of /usr/local and /opt that lead to the directory.
std::vector<std::string> find_links(const FileTree& files, const std::string& directory) {
  std::vector<std::string> links;
  for (const auto* const parent : {"/usr/local", "/opt"}) {
    const auto entries = files.list(parent);
    if (!entries) continue;
    for (const auto& entry : *entries) {
      if (entry.kind != FileKind::link || !entry.name.starts_with("cuda")) continue;
      auto path = join_path(parent, entry.name);
      const auto resolved = files.resolve(path);
      if (resolved && *resolved == directory) links.push_back(std::move(path));
    }
  }
  return links;
}

void write_compiler(const FileTree& files, const std::string& path, facts::SubjectWriter& toolkit) {
  const auto compiler = files.open(path);
  if (!compiler) {
    set_error(toolkit, "nvcc_version", compiler.error(), path);
    return;
  }
  const auto version = toolkit::version_of_compiler(**compiler);
  if (version) {
    toolkit.set("nvcc_version", *version, path + " .rodata");
  } else {
    toolkit.unknown("nvcc_version", {version.error().message, Gap::unreadable}, path);
  }
}

void run_toolkits(const Context& context, facts::FactWriter& writer) {
  const auto& files = context.files;
  std::int64_t count = 0;
  const auto chosen = chosen_directory(context);
  for (const auto& directory : find_directories(context, chosen)) {
    const auto version = read_version(files, directory);
    const std::string compiler =
        directory == kDebian ? std::string(kDebianCompiler) : join_path(directory, "bin/nvcc");
    const bool is_toolkit = version || version.error().kind != ErrorKind::not_found || files.exists(compiler);
    if (!is_toolkit) continue;
    ++count;
    auto toolkit = writer.subject("toolkit", directory);
    toolkit.set("path", directory, directory);
    if (version) {
      toolkit.set("version", version->text, version->source);
    } else {
      set_error(toolkit, "version", version.error(), directory);
    }
    write_compiler(files, compiler, toolkit);
    toolkit.set("chosen", directory == chosen, "CUDA_HOME, CUDA_PATH, PATH, /usr/local/cuda");
    toolkit.set("linked", facts::string_list(find_links(files, directory)), "/usr/local, /opt");
  }
  const auto listing = files.list("/usr/local");
  if (listing || listing.error().kind == ErrorKind::not_found) {
    writer.host().set("toolkits", count, kToolkitPlaces);
  } else {
    writer.host().unknown("toolkits", unknown_after(listing.error()), "/usr/local");
  }
}

}  // namespace

Probe toolkits_probe() {
  static constexpr std::string_view kReads[] = {kVariablesPath,   "/usr/local",
                                                "/opt",           "/usr/local/cuda*",
                                                "/opt/cuda*",     "**/version.json",
                                                "**/version.txt", "**/include/cuda.h",
                                                "**/nvcc",        kDebian};
  static constexpr Sets kSets[] = {{"toolkit", ""}, {"host", "toolkits"}};
  return {"toolkits",  "Installed CUDA toolkits and their compilers", Needs::files, kReads, kSets,
          run_toolkits};
}

}  // namespace preflight::probe
