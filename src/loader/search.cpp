#include "loader/search.hpp"

#include <algorithm>

namespace preflight::loader {

namespace {

bool is_name_character(char character) {
  return (character >= 'A' && character <= 'Z') || (character >= 'a' && character <= 'z') ||
         (character >= '0' && character <= '9') || character == '_';
}

// The length of "NAME" or "{NAME}" at the start of the text; 0 when it is neither.
std::size_t token_length(std::string_view text, std::string_view name) {
  const bool in_braces = text.starts_with('{');
  const auto rest = text.substr(in_braces ? 1 : 0);
  if (!rest.starts_with(name)) return 0;
  const char next = rest.size() > name.size() ? rest[name.size()] : '\0';
  if (in_braces) return next == '}' ? name.size() + 2 : 0;
  return is_name_character(next) ? 0 : name.size();
}

// Whether it is below one of the loader's own directories.
bool is_in_default_directory(std::string_view path, const Settings& settings) {
  return std::ranges::any_of(settings.default_directories,
                             [&](const std::string& directory) { return path.starts_with(directory + "/"); });
}

}  // namespace

std::string_view to_text(FoundBy found_by) {
  switch (found_by) {
    case FoundBy::start:
      return "start";
    case FoundBy::preload:
      return "LD_PRELOAD";
    case FoundBy::rpath:
      return "DT_RPATH";
    case FoundBy::library_path:
      return "LD_LIBRARY_PATH";
    case FoundBy::runpath:
      return "DT_RUNPATH";
    case FoundBy::cache:
      return "ld.so.cache";
    case FoundBy::default_directory:
      return "default";
    case FoundBy::path:
      return "path";
  }
  return "";
}

std::string expand_tokens(std::string_view text, std::string_view origin, const Settings& settings) {
  std::string result;
  while (!text.empty()) {
    const auto dollar = text.find('$');
    result += text.substr(0, dollar);
    if (dollar == std::string_view::npos) break;
    text.remove_prefix(dollar + 1);
    if (const auto length = token_length(text, "ORIGIN"); length != 0) {
      result += origin;
      text.remove_prefix(length);
    } else if (const auto platform = token_length(text, "PLATFORM"); platform != 0) {
      result += settings.platform;
      text.remove_prefix(platform);
    } else if (const auto lib = token_length(text, "LIB"); lib != 0) {
      result += settings.lib;
      text.remove_prefix(lib);
    } else {
      result += '$';
    }
  }
  return result;
}

std::vector<std::string> expand_directories(const std::vector<std::string>& items, std::string_view origin,
                                            const Settings& settings) {
  std::vector<std::string> directories;
  for (const auto& item : items) {
    // An empty item, and what isn't absolute, counts from the working directory.
    std::string directory = expand_tokens(item, origin, settings);
    if (!directory.starts_with('/')) directory = target::join_path(settings.working_directory, directory);
    while (directory.size() > 1 && directory.ends_with('/')) directory.pop_back();
    if (std::ranges::find(directories, directory) == directories.end()) directories.push_back(directory);
  }
  return directories;
}

void search(std::string_view name, const std::vector<Step>& before_cache, CacheUse cache,
            const Settings& settings, Directories& directories,
            const std::function<bool(const Candidate&)>& accept) {
  const auto look_in = [&](const std::string& directory, FoundBy found_by) {
    const bool has_folders = directories.holds(directory, kHardwareFolder);
    for (const auto& folder : settings.hardware_folders) {
      if (!has_folders) break;
      const auto inside = target::join_path(directory, folder);
      if (directories.holds(inside, name) && accept({target::join_path(inside, name), found_by})) return true;
    }
    return directories.holds(directory, name) && accept({target::join_path(directory, name), found_by});
  };
  for (const auto& step : before_cache) {
    for (const auto& directory : step.directories) {
      if (look_in(directory, step.found_by)) return;
    }
  }
  const auto cached = settings.cache.find(name);
  if (cached != settings.cache.end() &&
      (cache == CacheUse::all || !is_in_default_directory(cached->second, settings)) &&
      accept({cached->second, FoundBy::cache})) {
    return;
  }
  if (cache == CacheUse::none_of_default_directories) return;
  for (const auto& directory : settings.default_directories) {
    if (look_in(directory, FoundBy::default_directory)) return;
  }
}

}  // namespace preflight::loader
