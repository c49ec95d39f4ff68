#include "probe/libraries/library_file.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "elf/dynamic.hpp"
#include "elf/notes.hpp"
#include "support/json.hpp"
#include "support/text.hpp"

namespace preflight::probe::libraries {

namespace {

constexpr std::size_t kMostBranches = 1000;
constexpr std::uint64_t kHighestBranch = 1'000'000;

bool has_component(std::string_view path, auto matches) {
  const auto components = split(path, '/');
  return std::ranges::any_of(components, matches);
}

bool below_stubs(std::string_view path) {
  return has_component(path, [](std::string_view name) { return name == "stubs"; });
}

// /usr/local/cuda-12.4/compat, conda's cuda-compat and EasyBuild's CUDAcompat.
bool below_compat(std::string_view path) {
  return has_component(path, [](std::string_view name) {
    const std::string lower = to_lower(name);
    return lower == "compat" || lower.starts_with("cuda-compat") || lower.starts_with("cudacompat");
  });
}

Kind kind_of(const KnownLibrary& library, const elf::File& file, std::string_view asked,
             std::string_view path) {
  if (library.role == Role::driver) {
    if (below_stubs(path) || below_stubs(asked)) return Kind::stub;
    if (library.name == "libcuda" && is_stub(file)) return Kind::stub;
    return below_compat(path) || below_compat(asked) ? Kind::compat : Kind::driver;
  }
  if (has_component(path, [](std::string_view name) { return name.ends_with("-packages"); }))
    return Kind::python;
  const bool is_toolkit = path.starts_with("/usr/local/cuda") || path.starts_with("/opt/cuda");
  return is_toolkit ? Kind::toolkit : Kind::system;
}

Result<FoundVersion> version_of(const target::FileTree& files, const elf::File& file,
                                const LibraryFile& library) {
  if (library.kind == Kind::stub) return Error{ErrorKind::not_found, "a stub has no version"};
  if (library.library->role == Role::driver) {
    return driver_library_version(file, library.library->name, library.path);
  }
  if (library.library->name == "libnccl") return nccl_version(file, library.path);
  if (library.library->name == "libcudnn") return cudnn_version(files, file, library.path);
  return cudart_version(file, library.path);
}

std::optional<Result<CompatNote>> read_compat_note(const elf::File& file) {
  const auto notes = elf::section_notes(file, ".note.cuda.fwd_compatibility");
  if (!notes) {
    if (notes.error().kind == ErrorKind::not_found) return std::nullopt;
    return notes.error();
  }
  for (const auto& note : *notes) {
    if (note.name != "NVIDIA Corporation") continue;
    const std::string_view text(reinterpret_cast<const char*>(note.description.data()),
                                note.description.size());
    return parse_compat_note(text.substr(0, text.find('\0')));
  }
  return std::nullopt;
}

}  // namespace

std::string_view to_text(Kind kind) {
  switch (kind) {
    case Kind::driver:
      return "driver";
    case Kind::stub:
      return "stub";
    case Kind::compat:
      return "compat";
    case Kind::toolkit:
      return "toolkit";
    case Kind::system:
      return "system";
    case Kind::python:
      return "python";
  }
  return "system";
}

Result<LibraryFile> read_library(const target::FileTree& files, std::string_view path) {
  LibraryFile result;
  result.library = library_of_file(target::base_name(path));
  if (result.library == nullptr) return Error{ErrorKind::unsupported, "not a known library"};
  auto resolved = files.resolve(path);
  if (!resolved) return resolved.error();
  result.path = std::move(*resolved);
  const auto source = files.open(result.path);
  if (!source) return source.error();
  const auto file = elf::File::open(**source);
  if (!file) return file.error();
  if (file->layout().width == elf::Width::bits32) return Error{ErrorKind::unsupported, "a 32-bit library"};
  const auto dynamic = elf::read_dynamic(*file);
  if (!dynamic) return dynamic.error();
  result.soname = dynamic->soname;
  result.kind = kind_of(*result.library, *file, path, result.path);
  result.version = version_of(files, *file, result);
  if (result.library->name == "libcuda") result.compat = read_compat_note(*file);
  return result;
}

Result<CompatNote> parse_compat_note(std::string_view json) {
  const auto parsed = parse_json(json);
  if (!parsed) return parsed.error();
  if (!parsed->is_object()) return Error{ErrorKind::malformed, "the compatibility note is no object"};
  CompatNote note;
  const auto cuda = parsed->find("CUDA Version");
  if (cuda != parsed->end() && cuda->is_string()) note.cuda = cuda->get<std::string>();
  const auto drivers = parsed->find("Driver");
  if (drivers != parsed->end() && drivers->is_array()) {
    for (const auto& driver : *drivers) {
      if (!driver.is_number_unsigned() || note.driver_branches.size() == kMostBranches) continue;
      const auto branch = driver.get<std::uint64_t>();
      if (branch < kHighestBranch) note.driver_branches.push_back(static_cast<std::int64_t>(branch));
    }
  }
  return note;
}

}  // namespace preflight::probe::libraries
