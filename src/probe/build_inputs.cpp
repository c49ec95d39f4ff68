// What a build, ahead of time or just in time, finds of the driver and of cuDNN: the library that -lcuda
// stands for, and cuDNN's headers.
#include <algorithm>

#include "probe/libraries/loader_search.hpp"
#include "probe/libraries/places.hpp"
#include "probe/probe.hpp"
#include "probe/process_variables.hpp"
#include "probe/reading.hpp"
#include "support/text.hpp"

namespace preflight::probe {

namespace {

using target::join_path;

// Where gcc's linker looks by itself (gcc -print-search-dirs, on Debian and on Fedora).
constexpr std::string_view kLibraryDirectories[] = {"/usr/local/lib/x86_64-linux-gnu",
                                                    "/lib/x86_64-linux-gnu",
                                                    "/usr/lib/x86_64-linux-gnu",
                                                    "/usr/local/lib/aarch64-linux-gnu",
                                                    "/lib/aarch64-linux-gnu",
                                                    "/usr/lib/aarch64-linux-gnu",
                                                    "/usr/local/lib64",
                                                    "/lib64",
                                                    "/usr/lib64",
                                                    "/usr/local/lib",
                                                    "/lib",
                                                    "/usr/lib"};
constexpr std::string_view kHeaderDirectories[] = {"/usr/local/include", "/usr/include/x86_64-linux-gnu",
                                                   "/usr/include/aarch64-linux-gnu", "/usr/include"};
// Roots of an installation of cuDNN that builds are told of.
constexpr std::string_view kRootVariables[] = {"CUDNN_PATH", "CUDNN_HOME", "CUDNN_ROOT",  "CUDNN_ROOT_DIR",
                                               "CUDA_HOME",  "CUDA_PATH",  "CONDA_PREFIX"};
constexpr std::string_view kIncludeVariables[] = {"CUDNN_INCLUDE_PATH", "CUDNN_INCLUDE_DIR"};

// The first file of this name in these directories; not_found when there is none.
Result<std::string> find_file(const target::FileTree& files, const std::vector<std::string>& directories,
                              std::string_view name) {
  for (const auto& directory : directories) {
    auto path = join_path(directory, name);
    if (files.exists(path)) return path;
  }
  return Error{ErrorKind::not_found, "in none of the usual directories"};
}

std::string value_of(const Variables& variables, std::string_view name) {
  const auto found = variables.find(name);
  return found == variables.end() ? std::string() : found->second;
}

// What LIBRARY_PATH names, the linker's own directories, and those where the loader finds the driver, which
// Triton passes to the linker.
std::vector<std::string> library_directories(const Context& context, const Variables& variables) {
  std::vector<std::string> directories;
  const auto library_path = value_of(variables, "LIBRARY_PATH");
  for (const auto directory : split(library_path, ':')) {
    if (directory.starts_with('/')) directories.emplace_back(directory);
  }
  directories.insert(directories.end(), std::begin(kLibraryDirectories), std::end(kLibraryDirectories));
  libraries::LoaderSearch search(context);
  for (const auto& hit : search.find("libcuda.so.1")) {
    directories.emplace_back(target::parent_path(hit.path));
  }
  return directories;
}

std::vector<std::string> header_directories(const target::FileTree& files, const Variables& variables) {
  std::vector<std::string> directories;
  for (const auto name : kIncludeVariables) {
    const auto value = value_of(variables, name);
    if (value.starts_with('/')) directories.push_back(value);
  }
  for (const auto name : kRootVariables) {
    const auto value = value_of(variables, name);
    if (value.starts_with('/')) directories.push_back(join_path(value, "include"));
  }
  directories.insert(directories.end(), std::begin(kHeaderDirectories), std::end(kHeaderDirectories));
  for (const auto& toolkit : libraries::toolkit_directories(files)) {
    directories.push_back(join_path(toolkit, "include"));
  }
  return directories;
}

// "9.10.2" of the three numbers of cudnn_version.h (cuDNN 8 and later), or of cudnn.h before.
Result<std::string> cudnn_version(const target::FileTree& files, std::string_view header) {
  const auto beside = join_path(target::parent_path(header), "cudnn_version.h");
  const auto text = files.read(files.exists(beside) ? std::string_view(beside) : header);
  if (!text) return text.error();
  std::string version;
  for (const auto name : {"CUDNN_MAJOR", "CUDNN_MINOR", "CUDNN_PATCHLEVEL"}) {
    for (const auto line : lines(*text)) {
      const auto pieces = words(line);
      if (pieces.size() != 3 || pieces[0] != "#define" || pieces[1] != name || !to_integer(pieces[2]))
        continue;
      version += (version.empty() ? "" : ".") + std::string(pieces[2]);
      break;
    }
  }
  if (std::ranges::count(version, '.') != 2) return Error{ErrorKind::malformed, "no version in the header"};
  return version;
}

void run_build_inputs(const Context& context, facts::FactWriter& writer) {
  Variables variables;
  if (context.state == SystemState::running) {
    auto read = process_variables(context.files);
    if (read) variables = std::move(*read);
  }
  auto& host = writer.host();
  const auto libcuda = find_file(context.files, library_directories(context, variables), "libcuda.so");
  if (libcuda) {
    host.set("linker.libcuda", *libcuda, *libcuda);
  } else {
    host.absent("linker.libcuda", "LIBRARY_PATH and the linker's directories");
  }
  const auto header = find_file(context.files, header_directories(context.files, variables), "cudnn.h");
  if (!header) {
    host.rest_absent("headers.", "the usual directories of headers");
    return;
  }
  host.set("headers.cudnn", *header, *header);
  const auto version = cudnn_version(context.files, *header);
  if (version) {
    host.set("headers.cudnn_version", *version, *header);
  } else {
    host.unknown("headers.cudnn_version", {version.error().message, facts::Gap::unreadable}, *header);
  }
}

}  // namespace

Probe build_inputs_probe() {
  static constexpr std::string_view kReads[] = {kVariablesPath,
                                                "/proc/cpuinfo",
                                                "/etc/ld.so.*",
                                                "/etc/ld.so.conf.d/**",
                                                "**/libcuda.so*",
                                                "**/include/cudnn.h",
                                                "**/cudnn_version.h",
                                                "**/include/**/cudnn.h",
                                                "**/cudnn.h",
                                                "/usr/local",
                                                "/opt",
                                                "/usr/local/cuda*",
                                                "/opt/cuda*",
                                                "/lib**",
                                                "/usr/lib**",
                                                "/usr/local/lib**"};
  static constexpr Sets kSets[] = {{"host", "linker."}, {"host", "headers."}};
  return {"build-inputs",  "What a build finds of the driver and of cuDNN", Needs::files, kReads, kSets,
          run_build_inputs};
}

}  // namespace preflight::probe
