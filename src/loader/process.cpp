#include "loader/process.hpp"

#include <algorithm>

namespace preflight::loader {

namespace {

constexpr std::size_t kMostObjects = 2000;
constexpr std::size_t kMostRequests = 50'000;  // of libraries by name, for one program or dlopen()
constexpr std::string_view kNotThere = "cannot open shared object file: No such file or directory";

bool is_path(std::string_view name) {
  return name.find('/') != std::string_view::npos;
}

// Whether the search goes on after this failure to open a file.
bool is_passed_over(const Error& error) {
  return error.kind == ErrorKind::not_found || error.kind == ErrorKind::not_permitted ||
         error.kind == ErrorKind::unsupported;
}

bool contains(const std::vector<ObjectIndex>& list, ObjectIndex index) {
  return std::ranges::find(list, index) != list.end();
}

}  // namespace

Process::Process(const target::FileTree& files, const Settings& settings, Images& images)
    : settings_(&settings), images_(&images), directories_(files) {}

std::vector<Failure> Process::start(const std::string& program) {
  std::vector<Failure> failures;
  // The kernel starts the file that the links lead to, and $ORIGIN is its directory.
  const auto image = images_->open(program);
  if (!image) return {{program, "", image.error().message}};
  const auto main = add(*image, (*image)->path, program, FoundBy::start);

  const auto path = elf::interpreter_of((*image)->file);
  const auto loader = path ? images_->open(*path) : Result<const Image*>(path.error());
  if (loader) {
    objects_[add(*loader, *path, *path, FoundBy::start)].needed_by = main;
  } else if (path || path.error().kind != ErrorKind::not_found) {
    failures.push_back({path ? *path : "the program's interpreter", program, loader.error().message});
  }

  std::vector<ObjectIndex> list = {main};
  // A library that can't be preloaded is left out with a warning.
  std::vector<Failure> warnings;
  for (const auto* const names : {&settings_->preload, &settings_->file_preload}) {
    for (const auto& name : *names) {
      const auto object = map(name, main, Kind::needed, FoundBy::preload, warnings);
      if (object && !contains(list, *object)) list.push_back(*object);
    }
  }
  for (std::size_t place = 1; place < list.size(); ++place) objects_[list[place]].found_by = FoundBy::preload;
  load_dependencies(list, failures);
  global_scope_ = list;
  objects_[main].dependencies = std::move(list);
  return failures;
}

Process::Opened Process::open(const std::string& name, ObjectIndex caller, Visibility visibility,
                              OnFailure on_failure) {
  const auto before = mark();
  requests_ = 0;
  Opened opened;
  const auto object = map(name, caller, Kind::opened, FoundBy::path, opened.failures);
  if (!object) return opened;
  opened.object = *object;
  if (objects_[*object].dependencies.empty()) {
    std::vector<ObjectIndex> list = {*object};
    load_dependencies(list, opened.failures);
    if (!opened.failures.empty() && on_failure == OnFailure::forget) {
      rewind(before);
      return opened;
    }
    for (const auto index : list) {
      if (index >= before.objects || index == *object) objects_[index].opened_with.push_back(*object);
    }
    objects_[*object].dependencies = std::move(list);
  }
  if (visibility == Visibility::global) {
    for (const auto index : objects_[*object].dependencies) {
      if (!contains(global_scope_, index)) global_scope_.push_back(index);
    }
  }
  return opened;
}

std::optional<ObjectIndex> Process::find(std::string_view name) const {
  for (ObjectIndex index = 0; index < objects_.size(); ++index) {
    const auto& object = objects_[index];
    if (object.path == name || std::ranges::find(object.names, name) != object.names.end()) return index;
  }
  return std::nullopt;
}

std::vector<ObjectIndex> Process::scope_of(ObjectIndex object) const {
  std::vector<ObjectIndex> scope = global_scope_;
  for (const auto opened : objects_[object].opened_with) {
    for (const auto index : objects_[opened].dependencies) {
      if (!contains(scope, index)) scope.push_back(index);
    }
  }
  return scope;
}

Process::Mark Process::mark() const {
  Mark mark{objects_.size(), global_scope_.size(), {}};
  mark.names.reserve(objects_.size());
  for (const auto& object : objects_) mark.names.push_back(object.names.size());
  return mark;
}

void Process::rewind(const Mark& mark, Names names) {
  objects_.resize(mark.objects);
  global_scope_.resize(mark.global_scope);
  // An object that was there already may have been opened since, and by itself with what is gone now.
  std::vector<bool> is_forgotten(objects_.size(), false);
  for (ObjectIndex index = 0; index < objects_.size(); ++index) {
    auto& list = objects_[index].dependencies;
    is_forgotten[index] = std::ranges::any_of(list, [&](ObjectIndex one) { return one >= mark.objects; });
    if (is_forgotten[index]) list.clear();
    if (names == Names::forget) objects_[index].names.resize(mark.names[index]);
  }
  for (auto& object : objects_) {
    std::erase_if(object.opened_with,
                  [&](ObjectIndex index) { return index >= mark.objects || is_forgotten[index]; });
  }
}

ObjectIndex Process::add(const Image* image, std::string path, std::string asked, FoundBy found_by) {
  Object object;
  object.image = image;
  object.path = std::move(path);
  object.names = {asked};
  if (!image->dynamic.soname.empty()) object.names.push_back(image->dynamic.soname);
  object.asked = std::move(asked);
  object.found_by = found_by;
  objects_.push_back(std::move(object));
  return objects_.size() - 1;
}

// The same file under another name is not mapped again.
std::optional<ObjectIndex> Process::loaded_file(const Image* image) const {
  const auto found = std::ranges::find(objects_, image, &Object::image);
  if (found == objects_.end()) return std::nullopt;
  return static_cast<ObjectIndex>(found - objects_.begin());
}

std::vector<std::string> Process::directories_of(const Object& object,
                                                 const std::vector<std::string>& items) const {
  return expand_directories(items, target::parent_path(object.path), *settings_);
}

std::vector<Step> Process::steps_of(ObjectIndex caller) const {
  std::vector<Step> steps;
  const auto& own = objects_[caller];
  if (own.image->dynamic.runpath.empty()) {
    bool includes_program = false;
    for (std::optional<ObjectIndex> at = caller; at; at = objects_[*at].loaded_by) {
      const auto& object = objects_[*at];
      includes_program |= *at == 0;
      if (object.image->dynamic.runpath.empty() && !object.image->dynamic.rpath.empty()) {
        steps.push_back({FoundBy::rpath, directories_of(object, object.image->dynamic.rpath)});
      }
    }
    const auto& program = objects_.front();
    if (!includes_program && program.image->dynamic.runpath.empty() &&
        !program.image->dynamic.rpath.empty()) {
      steps.push_back({FoundBy::rpath, directories_of(program, program.image->dynamic.rpath)});
    }
  }
  if (!settings_->library_path.empty()) {
    steps.push_back({FoundBy::library_path, directories_of(objects_.front(), settings_->library_path)});
  }
  if (!own.image->dynamic.runpath.empty()) {
    steps.push_back({FoundBy::runpath, directories_of(own, own.image->dynamic.runpath)});
  }
  return steps;
}

std::optional<ObjectIndex> Process::map(const std::string& name, ObjectIndex caller, Kind kind,
                                        FoundBy explicit_path, std::vector<Failure>& failures) {
  if (++requests_ > kMostRequests) {
    if (requests_ == kMostRequests + 1)
      failures.push_back({name, objects_[caller].path, "too many libraries"});
    return std::nullopt;
  }
  if (const auto loaded = find(name)) return loaded;
  const auto fail = [&](std::string reason) {
    failures.push_back({name, objects_[caller].path, std::move(reason)});
    return std::nullopt;
  };
  if (objects_.size() >= kMostObjects) return fail("too many libraries");

  std::optional<Candidate> taken;
  const Image* image = nullptr;
  std::optional<Error> broken;
  std::vector<std::string> lost;
  if (is_path(name)) {
    taken =
        Candidate{expand_tokens(name, target::parent_path(objects_[caller].path), *settings_), explicit_path};
    if (!taken->path.starts_with('/'))
      taken->path = target::join_path(settings_->working_directory, taken->path);
    const auto opened = images_->open(taken->path);
    if (!opened) {
      return fail(opened.error().kind == ErrorKind::not_found ? std::string(kNotThere)
                                                              : opened.error().message);
    }
    image = *opened;
  } else {
    const auto cache = objects_[caller].image->dynamic.no_default_directories
                           ? CacheUse::none_of_default_directories
                           : CacheUse::all;
    search(name, steps_of(caller), cache, *settings_, directories_, [&](const Candidate& candidate) {
      const auto opened = images_->open(candidate.path);
      if (!opened) {
        if (taken || is_passed_over(opened.error())) return false;
        broken = opened.error();
        taken = candidate;
        return true;
      }
      if (!taken) {
        taken = candidate;
        image = *opened;
      } else if (*opened != image && std::ranges::find(lost, (*opened)->path) == lost.end()) {
        lost.push_back((*opened)->path);
      }
      return false;
    });
    if (broken) return fail(taken->path + ": " + broken->message);
    if (!taken) return fail(std::string(kNotThere));
  }

  if (image->file.header().type == elf::FileType::executable) {
    return fail(taken->path + ": cannot dynamically load executable");
  }
  if (const auto same = loaded_file(image)) {
    objects_[*same].names.push_back(name);
    return same;
  }
  const auto index = add(image, taken->path, name, taken->found_by);
  auto& object = objects_[index];
  object.needed_by = caller;
  if (kind == Kind::needed) object.loaded_by = caller;
  object.lost = std::move(lost);
  return index;
}

void Process::load_dependencies(std::vector<ObjectIndex>& list, std::vector<Failure>& failures) {
  std::vector<bool> is_listed(objects_.size(), false);
  for (const auto index : list) is_listed[index] = true;
  for (std::size_t place = 0; place < list.size(); ++place) {
    const ObjectIndex user = list[place];
    for (const auto& name : objects_[user].image->dynamic.needed) {
      const auto object = map(expand_tokens(name, target::parent_path(objects_[user].path), *settings_), user,
                              Kind::needed, FoundBy::path, failures);
      if (!object) continue;
      is_listed.resize(objects_.size(), false);
      if (is_listed[*object]) continue;
      is_listed[*object] = true;
      list.push_back(*object);
    }
  }
}

}  // namespace preflight::loader
