// Versions of the libraries that are loaded, from what was read of the same files.
#include <optional>

#include "derive/derive.hpp"
#include "derive/lookup.hpp"
#include "facts/writer.hpp"

namespace preflight::derive {

namespace {

std::string_view directory_of(std::string_view path) {
  return path.substr(0, path.rfind('/') + 1);
}

// "9" of "/usr/lib/libcudnn.so.9.1.0".
std::string_view major_of(std::string_view path) {
  constexpr std::string_view kEnd = ".so.";
  const auto end = path.rfind(kEnd);
  if (end == std::string_view::npos) return {};
  const auto version = path.substr(end + kEnd.size());
  return version.substr(0, version.find('.'));
}

// Whether the library tells the version of the file: it is the file, or the libcudnn beside a part of cuDNN.
bool tells_version(const facts::Subject& library, std::string_view path) {
  if (library.id == path) return true;
  const auto directory = directory_of(path);
  const auto* const name = library.text("name");
  return path.substr(directory.size()).starts_with("libcudnn_") && name != nullptr && *name == "libcudnn" &&
         directory_of(library.id) == directory && major_of(library.id) == major_of(path);
}

void copy_version(const facts::Document& document, const std::string& path, std::string_view fact,
                  facts::SubjectWriter& loaded) {
  for (const auto* const library : document.of_kind("library")) {
    if (!tells_version(*library, path)) continue;
    const auto* const version = library->text("version");
    if (version != nullptr) {
      loaded.set(fact, *version, library->id);
    } else {
      loaded.unknown(fact, {why_not_known(*library, "version")}, library->id);
    }
    return;
  }
  loaded.unknown(fact, {"its version isn't read"}, path);
}

void run(facts::Document& document, const tables::Tables& /*tables*/) {
  for (const auto& id : ids_of(document, "loaded_library")) {
    const auto& subject = document.subject("loaded_library", id);
    const auto* const path_fact = subject.text("path");
    const auto* const own_fact = subject.text("own_copy");
    const std::optional<std::string> path = path_fact == nullptr ? std::nullopt : std::optional(*path_fact);
    const std::optional<std::string> own = own_fact == nullptr ? std::nullopt : std::optional(*own_fact);
    facts::SubjectWriter loaded(document, "loaded_library", id);
    if (path) copy_version(document, *path, "version", loaded);
    if (own) {
      copy_version(document, *own, "own_copy_version", loaded);
    } else {
      loaded.absent("own_copy_version", "own_copy");
    }
  }
}

constexpr std::string_view kReads[] = {"path", "own_copy"};
constexpr std::string_view kSets[] = {"version", "own_copy_version"};

}  // namespace

Derivation loaded_versions() {
  return {"loaded-versions", "loaded_library", kReads, kSets, run};
}

}  // namespace preflight::derive
