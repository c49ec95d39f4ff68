// Versions of the libraries that are loaded, from what was read of the same files.
#include <map>
#include <utility>

#include "derive/derive.hpp"
#include "derive/lookup.hpp"
#include "facts/writer.hpp"

namespace preflight::derive {

namespace {

using facts::Subject;

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

// Libraries whose version is read, by their path.
class Libraries {
 public:
  explicit Libraries(const facts::Document& document) {
    for (const auto* const library : document.of_kind("library")) {
      by_path_.emplace(library->id, library);
      const auto* const name = library->text("name");
      if (name != nullptr && *name == "libcudnn") cudnn_.emplace(release_of(library->id), library);
    }
  }

  // The one that tells the version of the file: it is the file, or the libcudnn beside a part of cuDNN.
  const Subject* find(std::string_view path) const {
    if (const auto same = by_path_.find(path); same != by_path_.end()) return same->second;
    const auto name = path.substr(directory_of(path).size());
    if (!name.starts_with("libcudnn_")) return nullptr;
    const auto beside = cudnn_.find(release_of(path));
    return beside == cudnn_.end() ? nullptr : beside->second;
  }

 private:
  using Release = std::pair<std::string_view, std::string_view>;  // directory, major version
  static Release release_of(std::string_view path) { return {directory_of(path), major_of(path)}; }

  std::map<std::string_view, const Subject*> by_path_;
  std::map<Release, const Subject*> cudnn_;
};

// Sets `fact` to the version of the file at the path that the fact `path_fact` holds.
void set_version(const Libraries& libraries, std::string_view path_fact, std::string_view fact,
                 const Subject& subject, facts::SubjectWriter& loaded) {
  const auto* const path = subject.text(path_fact);
  if (path == nullptr) {
    const auto* const state = subject.find(path_fact);
    if (state != nullptr && state->absent()) {
      loaded.absent(fact, path_fact);
    } else {
      loaded.unknown(fact, {why_not_known(subject, path_fact)}, path_fact);
    }
    return;
  }
  const auto* const library = libraries.find(*path);
  if (library == nullptr) {
    loaded.unknown(fact, {"its version isn't read"}, *path);
  } else if (const auto* const version = library->text("version")) {
    loaded.set(fact, *version, library->id);
  } else {
    loaded.unknown(fact, {why_not_known(*library, "version")}, library->id);
  }
}

void derive_loaded_versions(facts::Document& document, const tables::Tables& /*tables*/) {
  const Libraries libraries(document);
  for (const auto& id : ids_of(document, "loaded_library")) {
    const auto& subject = document.subject("loaded_library", id);
    facts::SubjectWriter loaded(document, "loaded_library", id);
    set_version(libraries, "path", "version", subject, loaded);
    set_version(libraries, "own_copy", "own_copy_version", subject, loaded);
  }
}

}  // namespace

Derivation loaded_versions() {
  static constexpr std::string_view kReads[] = {"path", "own_copy"};
  static constexpr std::string_view kSets[] = {"version", "own_copy_version"};
  return {"loaded-versions", "loaded_library", kReads, kSets, derive_loaded_versions};
}

}  // namespace preflight::derive
