// The C and C++ libraries, by the versions inside their files: of a system that runs and of files at rest.
#include <memory>
#include <optional>
#include <vector>

#include "elf/loader_cache.hpp"
#include "elf/versions.hpp"
#include "probe/c_library.hpp"
#include "probe/probe.hpp"
#include "probe/reading.hpp"

namespace preflight::probe {

namespace {

constexpr std::string_view kCachePath = "/etc/ld.so.cache";

// Where distributions keep them, beside what the loader's cache names: Debian's multiarch directories, then
// the loader's own defaults.
constexpr std::string_view kCLibraryDirectories[] = {"/lib/x86_64-linux-gnu",
                                                     "/usr/lib/x86_64-linux-gnu",
                                                     "/lib/aarch64-linux-gnu",
                                                     "/usr/lib/aarch64-linux-gnu",
                                                     "/lib/powerpc64le-linux-gnu",
                                                     "/usr/lib/powerpc64le-linux-gnu",
                                                     "/lib64",
                                                     "/usr/lib64",
                                                     "/lib",
                                                     "/usr/lib"};
constexpr std::string_view kMuslPaths[] = {"/lib/ld-musl-x86_64.so.1",      "/lib/ld-musl-aarch64.so.1",
                                           "/lib/ld-musl-powerpc64le.so.1", "/lib/ld-musl-i386.so.1",
                                           "/lib/ld-musl-armhf.so.1",       "/lib/ld-musl-riscv64.so.1"};

// A library file that stays open.
struct Library {
  std::string path;
  std::unique_ptr<ByteSource> source;
  elf::File file;
};

Result<Library> open_library(const target::FileTree& files, std::string_view path) {
  auto source = files.open(path);
  if (!source) return source.error();
  auto file = elf::File::open(**source);
  if (!file) return file.error();
  return Library{std::string(path), std::move(*source), std::move(*file)};
}

std::vector<elf::CachedLibrary> read_cache(const target::FileTree& files) {
  constexpr std::size_t kMostBytes = std::size_t{16} << 20;
  const auto bytes = files.read(kCachePath, kMostBytes);
  if (!bytes) return {};
  auto entries = elf::parse_loader_cache(*bytes);
  return entries ? std::move(*entries) : std::vector<elf::CachedLibrary>{};
}

// The first of the places that holds it; the first error that is not "not found", else that.
Result<Library> find_library(const target::FileTree& files, const std::vector<elf::CachedLibrary>& cache,
                             std::string_view name) {
  std::vector<std::string> places;
  for (const auto& entry : cache) {
    if (entry.name == name && entry.path.starts_with('/')) places.push_back(entry.path);
  }
  for (const auto directory : kCLibraryDirectories) places.push_back(target::join_path(directory, name));
  std::optional<Error> failure;
  for (const auto& place : places) {
    auto library = open_library(files, place);
    if (library) return library;
    if (library.error().kind != ErrorKind::not_found && !failure) failure = library.error();
  }
  return failure.value_or(Error{ErrorKind::not_found, "not in the loader's directories"});
}

bool set_musl(const target::FileTree& files, facts::SubjectWriter& host) {
  for (const auto path : kMuslPaths) {
    const auto library = open_library(files, path);
    if (!library) continue;
    const auto version = musl_version(library->file);
    host.set("libc.kind", "musl", path);
    if (version) {
      host.set("libc.version", *version, path);
    } else {
      host.unknown("libc.version", {version.error().message, facts::Gap::unreadable}, path);
    }
    return true;
  }
  return false;
}

void set_c_library(const target::FileTree& files, facts::SubjectWriter& host,
                   const std::vector<elf::CachedLibrary>& cache) {
  const auto library = find_library(files, cache, "libc.so.6");
  const auto version = library ? glibc_version(library->file) : Result<std::string>(library.error());
  if (version) {
    host.set("libc.kind", "glibc", library->path);
    host.set("libc.version", *version, library->path);
    return;
  }
  if (set_musl(files, host)) return;
  set_rest_error(host, "libc.", version.error(), library ? library->path : "libc.so.6");
}

void set_cxx_library(const target::FileTree& files, facts::SubjectWriter& host,
                     const std::vector<elf::CachedLibrary>& cache) {
  const auto library = find_library(files, cache, "libstdc++.so.6");
  if (!library) {
    set_rest_error(host, "libstdcxx.", library.error(), "libstdc++.so.6");
    return;
  }
  const auto& path = library->path;
  host.set("libstdcxx.path", path, path);
  const auto dynamic = elf::read_dynamic(library->file);
  const auto names = dynamic ? elf::defined_versions(library->file, *dynamic)
                             : Result<std::vector<std::string>>(dynamic.error());
  if (!names) {
    host.rest_unknown("libstdcxx.", {names.error().message, facts::Gap::unreadable}, path);
    return;
  }
  for (const auto& [fact, prefix] :
       {std::pair{"libstdcxx.glibcxx", "GLIBCXX_"}, std::pair{"libstdcxx.cxxabi", "CXXABI_"}}) {
    if (const auto highest = elf::highest_version(*names, prefix)) host.set(fact, *highest, path);
  }
  host.rest_absent("libstdcxx.", path);
}

void run_c_libraries(const Context& context, facts::FactWriter& writer) {
  const auto cache = read_cache(context.files);
  set_c_library(context.files, writer.host(), cache);
  set_cxx_library(context.files, writer.host(), cache);
}

}  // namespace

Probe c_libraries_probe() {
  static constexpr std::string_view kReads[] = {kCachePath, "**/libc.so.6", "**/libstdc++.so.6",
                                                "/lib/ld-musl-*.so.1"};
  static constexpr Sets kSets[] = {{"host", "libc."}, {"host", "libstdcxx."}};
  return {"c-libraries",  "C and C++ libraries, from the library files", Needs::files, kReads, kSets,
          run_c_libraries};
}

}  // namespace preflight::probe
