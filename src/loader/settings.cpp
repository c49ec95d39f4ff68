#include "loader/settings.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <span>

#include "elf/loader_cache.hpp"
#include "support/text.hpp"

namespace preflight::loader {

namespace {

constexpr std::size_t kLargestCache = std::size_t{16} << 20U;
constexpr std::size_t kLargestLoaderTexts = std::size_t{4} << 20U;
constexpr std::size_t kMostItems = 200;

std::vector<std::string> items_of(std::string_view text, std::string_view separators, bool keep_empty) {
  std::vector<std::string> items;
  while (items.size() < kMostItems) {
    const auto end = text.find_first_of(separators);
    const auto item = text.substr(0, end);
    if (keep_empty || !item.empty()) items.emplace_back(item);
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return items;
}

// glibc's flags of cache entries (ldconfig.h): ELF for libc6, and the machine.
constexpr std::uint32_t kCacheX86 = 0x0003;
constexpr std::uint32_t kCacheX8664 = 0x0303;
constexpr std::uint32_t kCacheAarch64 = 0x0a03;

std::uint32_t cache_flags(elf::Machine machine) {
  if (machine == elf::Machine::x86_64) return kCacheX8664;
  return machine == elf::Machine::aarch64 ? kCacheAarch64 : kCacheX86;
}

// How good the entry is for the processor: 0 for any processor, more for a better level, none when the
// processor lacks it.
std::optional<std::size_t> rank_of(const elf::CachedLibrary& entry, const std::vector<std::string>& folders) {
  if (entry.hwcap == 0) return 0;
  for (std::size_t index = 0; index < folders.size(); ++index) {
    if (entry.path.find("/" + folders[index] + "/") != std::string::npos) return folders.size() - index;
  }
  return std::nullopt;
}

std::map<std::string, std::string, std::less<>> usable_entries(const std::vector<elf::CachedLibrary>& entries,
                                                               const Settings& settings) {
  struct Choice {
    std::string path;
    std::size_t rank = 0;
  };
  std::map<std::string, Choice, std::less<>> chosen;
  for (const auto& entry : entries) {
    if (entry.flags != cache_flags(settings.machine)) continue;
    const auto rank = rank_of(entry, settings.hardware_folders);
    if (!rank) continue;
    const auto [place, is_new] = chosen.try_emplace(entry.name, Choice{entry.path, *rank});
    if (!is_new && *rank > place->second.rank) place->second = {entry.path, *rank};
  }
  std::map<std::string, std::string, std::less<>> paths;
  for (auto& [name, choice] : chosen) paths.emplace_hint(paths.end(), name, std::move(choice.path));
  return paths;
}

struct Level {
  std::string_view folder;
  std::span<const std::string_view> features;  // names of Linux in /proc/cpuinfo
};

constexpr std::array<std::string_view, 6> kSecond = {"cx16",   "lahf_lm", "popcnt",
                                                     "sse4_1", "sse4_2",  "ssse3"};
constexpr std::array<std::string_view, 9> kThird = {"avx", "avx2", "bmi1",  "bmi2", "f16c",
                                                    "fma", "abm",  "movbe", "xsave"};
constexpr std::array<std::string_view, 5> kFourth = {"avx512f", "avx512bw", "avx512cd", "avx512dq",
                                                     "avx512vl"};
constexpr std::array<Level, 3> kLevels = {{{"glibc-hwcaps/x86-64-v2", kSecond},
                                           {"glibc-hwcaps/x86-64-v3", kThird},
                                           {"glibc-hwcaps/x86-64-v4", kFourth}}};
constexpr std::size_t kLevelsAtRest = 2;

constexpr std::string_view kHaswell = "haswell";
constexpr std::string_view kXeonPhi = "xeon_phi";
constexpr std::array<std::string_view, 7> kOfHaswell = {"abm", "avx2",  "bmi1",  "bmi2",
                                                        "fma", "movbe", "popcnt"};
constexpr std::array<std::string_view, 3> kOfXeonPhi = {"avx512cd", "avx512er", "avx512pf"};

// What the first processor's description says of a field; empty when it lacks it.
std::string_view field_of(std::string_view cpuinfo, std::string_view name) {
  for (const auto line : split(cpuinfo, '\n')) {
    if (line.starts_with(name)) return line.substr(line.find(':') + 1);
  }
  return {};
}

std::set<std::string_view> features_of(std::string_view cpuinfo) {
  const auto words = split(field_of(cpuinfo, "flags"), ' ');
  return {words.begin(), words.end()};
}

// "/lib/x86_64-linux-gnu/" gives "lib/x86_64-linux-gnu".
std::string without_slashes(std::string_view path) {
  while (path.starts_with('/')) path.remove_prefix(1);
  while (path.ends_with('/')) path.remove_suffix(1);
  return std::string(path);
}

std::vector<std::string> usual_directories(elf::Machine machine) {
  const std::string triplet = machine == elf::Machine::aarch64 ? "aarch64-linux-gnu" : "x86_64-linux-gnu";
  return {"/lib/" + triplet, "/usr/lib/" + triplet, "/lib64", "/usr/lib64", "/lib", "/usr/lib"};
}

void read_cache(const target::FileTree& files, Settings& settings, std::vector<std::string>& problems) {
  const auto bytes = files.read(kCachePath, kLargestCache);
  if (!bytes) {
    if (bytes.error().kind != ErrorKind::not_found)
      problems.push_back(std::string(kCachePath) + ": " + bytes.error().message);
    return;
  }
  const auto entries = elf::parse_loader_cache(*bytes);
  if (entries) {
    settings.cache = usable_entries(*entries, settings);
  } else {
    problems.push_back(std::string(kCachePath) + ": " + entries.error().message);
  }
}

// The constant texts in a loader's file; empty when they can't be read.
std::string texts_of(const target::FileTree& files, std::string_view loader_path) {
  const auto source = files.open(loader_path);
  if (!source) return {};
  const auto file = elf::File::open(**source);
  if (!file) return {};
  const auto section = file->section(".rodata");
  if (!section || section->size > kLargestLoaderTexts) return {};
  const auto bytes = file->read(section->offset, section->size);
  if (!bytes) return {};
  return {reinterpret_cast<const char*>(bytes->data()), bytes->size()};
}

// The directories that a loader was built with, by its texts; empty when it names none. They stand one after
// the other, each with a "/" at its end: the first such run.
std::vector<std::string> default_directories_of(std::string_view loader_texts) {
  std::vector<std::string> directories;
  for (const auto text : split(loader_texts, '\0')) {
    const bool is_directory =
        text.size() > 2 && (text.starts_with("/lib") || text.starts_with("/usr/lib")) && text.ends_with('/');
    if (is_directory) {
      directories.push_back("/" + without_slashes(text));
    } else if (!directories.empty()) {
      break;
    }
  }
  return directories;
}

}  // namespace

Settings read_settings(const target::FileTree& files, const Variables& variables, elf::Machine machine,
                       std::string_view loader_path, std::vector<std::string>& problems) {
  Settings settings;
  settings.machine = machine;
  settings.preload = items_of(variables.preload, " :", false);
  if (!variables.library_path.empty()) settings.library_path = items_of(variables.library_path, ":;", true);
  if (const auto text = files.read(kPreloadPath)) settings.file_preload = items_of(*text, " :\t\n", false);
  const auto described = files.read_head(kProcessorPath, std::size_t{16} << 10U);
  const std::string cpuinfo = described ? *described : std::string();
  const auto loader_texts = texts_of(files, loader_path);
  settings.hardware_folders = hardware_folders_of(machine, cpuinfo);
  settings.platform = platform_of(machine, loader_texts, cpuinfo);
  settings.default_directories = default_directories_of(loader_texts);
  if (settings.default_directories.empty()) settings.default_directories = usual_directories(machine);
  settings.lib = without_slashes(settings.default_directories.front());
  read_cache(files, settings, problems);
  return settings;
}

SystemLoader find_system_loader(const target::FileTree& files) {
  constexpr SystemLoader kCommon{elf::Machine::x86_64, "/lib64/ld-linux-x86-64.so.2"};
  constexpr SystemLoader kArm{elf::Machine::aarch64, "/lib/ld-linux-aarch64.so.1"};
  return !files.exists(kCommon.path) && files.exists(kArm.path) ? kArm : kCommon;
}

std::string platform_of(elf::Machine machine, std::string_view loader_texts, std::string_view cpuinfo) {
  if (machine == elf::Machine::aarch64) return "aarch64";
  const auto features = features_of(cpuinfo);
  const auto has_all = [&](std::span<const std::string_view> wanted) {
    return std::ranges::all_of(wanted, [&](auto feature) { return features.contains(feature); });
  };
  const auto is_known = [&](std::string_view name) {
    return loader_texts.find(std::string(1, '\0') + std::string(name) + '\0') != std::string_view::npos;
  };
  if (trim(field_of(cpuinfo, "vendor_id")) == "GenuineIntel") {
    if (is_known(kXeonPhi) && has_all(kOfXeonPhi)) return std::string(kXeonPhi);
    if (is_known(kHaswell) && has_all(kOfHaswell)) return std::string(kHaswell);
  }
  return "x86_64";
}

std::vector<std::string> hardware_folders_of(elf::Machine machine, std::string_view cpuinfo) {
  if (machine != elf::Machine::x86_64) return {};
  const auto features = features_of(cpuinfo);
  std::vector<std::string> folders;
  for (std::size_t level = 0; level < kLevels.size(); ++level) {
    const bool has_all = features.empty() ? level < kLevelsAtRest
                                          : std::ranges::all_of(kLevels[level].features, [&](auto feature) {
                                              return features.contains(feature);
                                            });
    if (!has_all) break;
    folders.insert(folders.begin(), std::string(kLevels[level].folder));
  }
  return folders;
}

}  // namespace preflight::loader
