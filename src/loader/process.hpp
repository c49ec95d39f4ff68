// A process as glibc's dynamic loader would fill it: which files a program and the objects that it opens
// bring in, in which order, found where. Nothing is executed. Followed: dl-load.c, dl-deps.c and dl-open.c of
// glibc. Left out: namespaces, auditing, DT_FILTER, the folders for processors that glibc gave up with 2.37
// ("tls", "haswell").
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "loader/directories.hpp"
#include "loader/image.hpp"
#include "loader/search.hpp"
#include "loader/settings.hpp"

namespace preflight::loader {

using ObjectIndex = std::size_t;

struct Object {
  const Image* image = nullptr;
  std::string path;   // as the loader composed it; its directory is what $ORIGIN stands for
  std::string asked;  // the name by which it was first asked for
  FoundBy found_by = FoundBy::start;
  std::optional<ObjectIndex> needed_by;  // what asked for it first; none for the program
  std::optional<ObjectIndex> loaded_by;  // whose DT_RPATH it inherits; none for what was opened (dlopen)
  std::vector<std::string> names;        // what it answers to beside its path
  std::vector<std::string> lost;         // further files of its name, as the search would have come to them
  std::vector<ObjectIndex>
      dependencies;                      // breadth-first, itself first: of the program and of what was opened
  std::vector<ObjectIndex> opened_with;  // the opened objects in whose dependencies its symbols are looked up

  std::string_view soname() const { return image->dynamic.soname.empty() ? asked : image->dynamic.soname; }
};

// Why a library could not be loaded.
struct Failure {
  std::string name;       // what was asked for
  std::string needed_by;  // path of the object that needs it
  std::string reason;  // as the loader says it: "cannot open shared object file: No such file or directory"
};

enum class Visibility { local, global };  // RTLD_LOCAL, RTLD_GLOBAL

// What becomes of the objects that a failed dlopen() found: a real process forgets them; to look at, they
// stay.
enum class OnFailure { forget, keep };

class Process {
 public:
  // All must outlive the process.
  Process(const target::FileTree& files, const Settings& settings, Images& images);

  // Maps the program, what is preloaded, and all that they need. Once, first. On failure what was found
  // until then stays, to be looked at, and the failures are all that the search ran into.
  std::vector<Failure> start(const std::string& program);

  // dlopen() of a path or a name by an object. The failures are all that the search ran into; the loader
  // reports the first.
  struct Opened {
    ObjectIndex object = 0;
    std::vector<Failure> failures;  // empty when it was opened
  };
  Opened open(const std::string& name, ObjectIndex caller, Visibility visibility,
              OnFailure on_failure = OnFailure::forget);

  const std::vector<Object>& objects() const { return objects_; }

  // The object that is loaded under this name (a SONAME, or a name by which one was asked for).
  std::optional<ObjectIndex> find(std::string_view name) const;

  // Where symbols are looked up first: the program with its dependencies, and what was opened globally.
  const std::vector<ObjectIndex>& global_scope() const { return global_scope_; }

  // Where the symbols that an object needs are looked up, in order, each object once.
  std::vector<ObjectIndex> scope_of(ObjectIndex object) const;

  // Forgets what was loaded since `mark()`. The names that files which were there before got since stay
  // after a dlopen() that failed; who only looked wants them forgotten, too.
  struct Mark {
    std::size_t objects = 0;
    std::size_t global_scope = 0;
    std::vector<std::size_t> names;  // how many each object had
  };
  enum class Names { keep, forget };
  Mark mark() const;
  void rewind(const Mark& mark, Names names = Names::keep);

 private:
  enum class Kind { needed, opened };
  std::optional<ObjectIndex> map(const std::string& name, ObjectIndex caller, Kind kind,
                                 FoundBy explicit_path, std::vector<Failure>& failures);
  ObjectIndex add(const Image* image, std::string path, std::string asked, FoundBy found_by);
  std::optional<ObjectIndex> loaded_file(const Image* image) const;
  std::vector<Step> steps_of(ObjectIndex caller) const;
  std::vector<std::string> directories_of(const Object& object, const std::vector<std::string>& items) const;
  void load_dependencies(std::vector<ObjectIndex>& list, std::vector<Failure>& failures);

  const Settings* settings_;
  Images* images_;
  Directories directories_;
  std::vector<Object> objects_;
  std::vector<ObjectIndex> global_scope_;
  std::size_t requests_ = 0;  // since the program's start or the last dlopen()
};

}  // namespace preflight::loader
