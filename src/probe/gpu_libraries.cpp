// Every copy of the driver's, NCCL's, cuDNN's and the CUDA runtime's libraries, and which of them the loader
// finds.
#include <algorithm>
#include <array>
#include <set>

#include "probe/environments/discovery.hpp"
#include "probe/environments/import_path.hpp"
#include "probe/environments/reads.hpp"
#include "probe/environments/surroundings.hpp"
#include "probe/libraries/library_file.hpp"
#include "probe/libraries/loader_search.hpp"
#include "probe/libraries/places.hpp"
#include "probe/probe.hpp"
#include "probe/process_variables.hpp"
#include "probe/reading.hpp"

namespace preflight::probe {

namespace {

using facts::Gap;
using libraries::Kind;
using libraries::LibraryFile;

constexpr std::string_view kLibraryReads[] = {kVariablesPath,
                                              loader::kCachePath,
                                              loader::kPreloadPath,
                                              loader::kProcessorPath,
                                              "/usr/local",
                                              "/opt",
                                              "/lib",
                                              "/lib64",
                                              "/lib*/ld-linux-*",
                                              "/usr/lib",
                                              "/usr/lib64",
                                              "/lib/*",
                                              "/usr/lib/*",
                                              "/usr/local/cuda*",
                                              "/usr/local/cuda*/**",
                                              "/opt/cuda*",
                                              "/opt/cuda*/**",
                                              "/usr/local/nvidia/*",
                                              "**/nvidia",
                                              "**/nvidia/**",
                                              "**/torch/lib",
                                              "**/lib*.so*",
                                              "/usr/lib/*/stubs",
                                              "/usr/lib/wsl/lib",
                                              "/run/opengl-driver/lib"};

// The libraries' places and those of the Python environments that may hold some.
constexpr auto kGpuLibrariesReads = [] {
  std::array<std::string_view, std::size(kLibraryReads) + std::size(environments::kReads)> all{};
  std::ranges::copy(environments::kReads, std::ranges::copy(kLibraryReads, all.begin()).out);
  return all;
}();

constexpr std::size_t kMostLibraries = 500;
constexpr std::string_view kSearch = "the loader's search";

struct Position {
  std::int64_t number = 0;
  std::string_view found_by;
};

// A file that was recorded: a broken one, too, for the loader stumbles over it.
struct FoundLibrary {
  std::string path;  // links resolved
  Result<LibraryFile> file;
};

void write_version(const LibraryFile& file, facts::SubjectWriter& library) {
  if (!file.version) {
    set_error(library, "version", file.version.error(), file.path);
    set_error(library, "cuda", file.version.error(), file.path);
    return;
  }
  library.set("version", file.version->version, file.version->source);
  if (file.version->cuda.empty()) {
    library.absent("cuda", file.version->source);
  } else {
    library.set("cuda", file.version->cuda, file.version->source);
  }
}

void write_compat(const LibraryFile& file, facts::SubjectWriter& library) {
  const std::string source = file.path + " .note.cuda.fwd_compatibility";
  if (!file.compat) {
    library.rest_absent("compat.", source);
    return;
  }
  if (!*file.compat) {
    set_rest_error(library, "compat.", file.compat->error(), source);
    return;
  }
  const auto& note = **file.compat;
  facts::List branches;
  for (const auto branch : note.driver_branches) branches.emplace_back(branch);
  library.set("compat.driver_branches", std::move(branches), source);
  if (note.cuda.empty()) {
    library.absent("compat.cuda", source);
  } else {
    library.set("compat.cuda", note.cuda, source);
  }
}

void write_file(const LibraryFile& file, std::string_view asked, facts::SubjectWriter& library) {
  library.set("kind", to_text(file.kind), asked);
  if (file.soname.empty()) {
    library.absent("soname", file.path);
  } else {
    library.set("soname", file.soname, file.path);
  }
  write_version(file, library);
  write_compat(file, library);
}

// Writes the subjects, each file once, and keeps count.
class Libraries {
 public:
  Libraries(const target::FileTree& files, facts::FactWriter& writer, const std::optional<Error>& problem)
      : files_(files), writer_(writer), problem_(problem) {}

  // Reads and records the file unless that was done before or it is for 32 bits.
  std::optional<FoundLibrary> add(std::string_view path, const std::optional<Position>& position) {
    auto resolved = files_.resolve(path);
    if (!resolved || seen_.contains(*resolved)) return std::nullopt;
    if (count_ == kMostLibraries) {
      is_complete_ = false;
      return std::nullopt;
    }
    auto file = libraries::read_library(files_, path);
    if (!file && file.error().kind == ErrorKind::unsupported) return std::nullopt;
    seen_.insert(*resolved);
    ++count_;
    auto library = writer_.subject("library", *resolved);
    library.set("path", *resolved, *resolved);
    library.set("name", libraries::library_of_file(target::base_name(path))->name, path);
    write_position(position, library);
    if (file) {
      write_file(*file, path, library);
    } else {
      library.rest_unknown("", {file.error().message, Gap::unreadable}, *resolved);
    }
    return FoundLibrary{std::move(*resolved), std::move(file)};
  }

  void write_count() {
    if (is_complete_) {
      writer_.host().set("libraries", static_cast<std::int64_t>(count_), kSearch);
    } else {
      writer_.host().unknown("libraries", {"more than 500 libraries", Gap::unreadable}, kSearch);
    }
  }

 private:
  void write_position(const std::optional<Position>& position, facts::SubjectWriter& library) const {
    if (problem_) {
      const facts::Unknown why{"the loader's search isn't known: " + problem_->message, Gap::unreadable};
      library.unknown("search_position", why, kSearch);
      library.unknown("found_by", why, kSearch);
    } else if (position) {
      library.set("search_position", position->number, kSearch);
      library.set("found_by", position->found_by, kSearch);
    } else {
      library.absent("search_position", kSearch);
      library.absent("found_by", kSearch);
    }
  }

  const target::FileTree& files_;
  facts::FactWriter& writer_;
  const std::optional<Error>& problem_;
  std::set<std::string, std::less<>> seen_;
  std::size_t count_ = 0;
  bool is_complete_ = true;
};

// Which libcuda.so.1 the loader takes, and which one it would take if that is a stub.
void write_libcuda(const std::vector<FoundLibrary>& found, const std::optional<Error>& problem,
                   facts::SubjectWriter& host) {
  if (problem) {
    const facts::Unknown why{"the loader's search isn't known: " + problem->message, Gap::unreadable};
    host.rest_unknown("driver.libcuda", why, kSearch);
    host.unknown("driver.library_version", why, kSearch);
    return;
  }
  if (found.empty()) {
    host.rest_absent("driver.libcuda", kSearch);
    host.absent("driver.library_version", kSearch);
    return;
  }
  const auto& first = found.front();
  host.set("driver.libcuda_path", first.path, kSearch);
  if (first.file) {
    host.set("driver.libcuda_kind", to_text(first.file->kind), first.path);
  } else {
    host.unknown("driver.libcuda_kind", {first.file.error().message, Gap::unreadable}, first.path);
  }
  const auto driver = std::ranges::find_if(
      found, [](const FoundLibrary& one) { return !one.file || one.file->kind != Kind::stub; });
  if (driver == found.end()) {
    host.absent("driver.library_version", kSearch);
    return;
  }
  const auto version = driver->file ? driver->file->version : driver->file.error();
  if (version) {
    host.set("driver.library_version", version->version, version->source);
  } else {
    host.unknown("driver.library_version", {version.error().message, Gap::unreadable}, driver->path);
  }
}

// cuDNN 8, Numba and others open the driver's library by the name that is meant for linking.
void write_unversioned_libcuda(libraries::LoaderSearch& search, facts::SubjectWriter& host) {
  constexpr std::string_view kFact = "driver.libcuda_unversioned_path";
  const auto hits = search.find("libcuda.so");
  if (search.problem()) {
    host.unknown(kFact, {"the loader's search isn't known: " + search.problem()->message, Gap::unreadable},
                 kSearch);
  } else if (hits.empty()) {
    host.absent(kFact, kSearch);
  } else {
    host.set(kFact, hits.front().path, kSearch);
  }
}

void write_preloads(const libraries::LoaderSearch& search, facts::SubjectWriter& host) {
  if (search.problem()) {
    host.unknown("loader.preload",
                 {"the loader's settings aren't known: " + search.problem()->message, Gap::unreadable},
                 loader::kPreloadPath);
  } else {
    host.set("loader.preload", facts::string_list(search.preloads()), loader::kPreloadPath);
  }
}

// What the Python environments import from, each directory once.
std::vector<std::string> import_directories(const Context& context) {
  const auto surroundings = environments::read_surroundings(context);
  std::vector<std::string> directories;
  for (const auto& environment : environments::discover(context, surroundings).environments) {
    const auto import_path = environments::read_import_path(context.files, surroundings, environment.python);
    for (const auto& directory : import_path.directories) {
      if (std::ranges::find(directories, directory.path) == directories.end()) {
        directories.push_back(directory.path);
      }
    }
  }
  return directories;
}

void run_gpu_libraries(const Context& context, facts::FactWriter& writer) {
  libraries::LoaderSearch search(context);
  Libraries all(context.files, writer, search.problem());
  write_unversioned_libcuda(search, writer.host());
  write_preloads(search, writer.host());
  for (const auto& library : libraries::known_libraries()) {
    for (const auto soname : library.sonames) {
      std::vector<FoundLibrary> found;
      for (const auto& hit : search.find(soname)) {
        const Position position{static_cast<std::int64_t>(found.size()), hit.found_by};
        if (auto one = all.add(hit.path, position)) found.push_back(std::move(*one));
      }
      if (library.name == "libcuda") write_libcuda(found, search.problem(), writer.host());
    }
  }
  for (const auto& path : libraries::library_files_off_path(context.files)) all.add(path, std::nullopt);
  for (const auto& directory : import_directories(context)) {
    for (const auto& path : libraries::library_files_of_python(context.files, directory)) {
      all.add(path, std::nullopt);
    }
  }
  all.write_count();
}

}  // namespace

Probe gpu_libraries_probe() {
  static constexpr Sets kSets[] = {{"library", ""},
                                   {"host", "driver.library_version"},
                                   {"host", "driver.libcuda"},
                                   {"host", "loader.preload"},
                                   {"host", "libraries"}};
  return {"gpu-libraries", "Copies of the driver's, NCCL's, cuDNN's and CUDA's libraries",
          Needs::files,    kGpuLibrariesReads,
          kSets,           run_gpu_libraries};
}

}  // namespace preflight::probe
