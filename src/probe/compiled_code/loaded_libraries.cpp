#include "probe/compiled_code/loaded_libraries.hpp"

#include <algorithm>
#include <set>

#include "probe/compiled_code/file_facts.hpp"
#include "probe/compiled_code/torch_links.hpp"

namespace preflight::probe::compiled_code {

namespace {

using loader::Object;

// "libcudnn" of "libcudnn.so.9".
std::string_view stem_of(std::string_view soname) {
  return soname.substr(0, soname.find(".so"));
}

bool is_own(const EnvironmentFiles& environment, std::string_view path) {
  return std::ranges::any_of(environment.directories, [&](const std::string& directory) {
    return path.starts_with(directory) && path.substr(directory.size()).starts_with('/');
  });
}

// What is called libcudnn.so.9 in the environment's packages; empty without.
std::string own_copy_of(const EnvironmentFiles& environment, std::string_view soname) {
  const auto found = environment.own_copies.find(soname);
  return found == environment.own_copies.end() ? std::string() : found->second;
}

std::string_view found_by(const Object& object, bool is_preloaded) {
  return is_preloaded ? "preload" : loader::to_text(object.found_by);
}

void write(const EnvironmentFiles& environment, const Object& object, std::string_view asked_by,
           std::string_view found_by, Stage stage, GpuCodes& gpu_codes, facts::SubjectWriter library) {
  const auto soname = object.soname();
  const auto name = target::base_name(soname);
  const auto& path = object.image->path;
  library.set("environment", environment.id, kLoaderSearch);
  library.set("soname", name, path);
  library.set("name", stem_of(name), path);
  library.set("path", path, kLoaderSearch);
  library.set("stage", to_text(stage), kLoaderSearch);
  if (asked_by.empty()) {
    library.absent("needed_by", kLoaderSearch);
  } else {
    library.set("needed_by", asked_by, kLoaderSearch);
  }
  library.set("found_by", found_by, kLoaderSearch);
  library.set("own", is_own(environment, path), kLoaderSearch);
  auto lost = object.lost;
  const auto own = own_copy_of(environment, name);
  if (own.empty() || own == path) {
    library.absent("own_copy", kLoaderSearch);
  } else {
    library.set("own_copy", own, kLoaderSearch);
    if (std::ranges::find(lost, own) == lost.end()) lost.push_back(own);
  }
  library.set("lost", facts::string_list(lost), kLoaderSearch);
  write_file_facts(*object.image, gpu_codes, library);
}

}  // namespace

std::size_t write_loaded_libraries(const EnvironmentFiles& environment, const TorchImport& import,
                                   const loader::Process& process, GpuCodes& gpu_codes,
                                   facts::FactWriter& writer) {
  const auto& objects = process.objects();
  std::set<std::string, std::less<>> names;
  for (loader::ObjectIndex index = 0; index < objects.size(); ++index) {
    const auto& object = objects[index];
    const auto asked_by =
        object.needed_by ? std::string_view(objects[*object.needed_by].image->path) : std::string_view();
    // Two files of one SONAME are loaded where one of them is asked for by path.
    std::string name(target::base_name(object.soname()));
    if (!names.insert(name).second) name += " (" + object.image->path + ")";
    const auto label = name + " of " + environment.id;
    write(environment, object, asked_by, found_by(object, import.preloaded[index]), import.stages[index],
          gpu_codes, writer.subject("loaded_library", label));
  }
  return objects.size();
}

}  // namespace preflight::probe::compiled_code
