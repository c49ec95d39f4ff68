// What modprobe.d says of the driver's modules (modprobe.d(5)). Of files with one name the first directory's
// counts, as modprobe has it.
#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "probe/probe.hpp"
#include "probe/reading.hpp"
#include "support/text.hpp"

namespace preflight::probe {

namespace {

constexpr std::string_view kOptions = "driver.configured_options";
constexpr std::string_view kBlacklist = "driver.blacklisted_modules";
constexpr std::string_view kModprobeDirectories[] = {"/etc/modprobe.d", "/run/modprobe.d",
                                                     "/usr/local/lib/modprobe.d", "/usr/lib/modprobe.d",
                                                     "/lib/modprobe.d"};

constexpr std::size_t kMostModprobeFiles = 1000;
constexpr std::size_t kMostModuleOptions = 1000;

// The files by their names, each with its path.
Result<std::map<std::string, std::string>> find_files(const target::FileTree& files) {
  std::map<std::string, std::string> found;
  for (const auto directory : kModprobeDirectories) {
    const auto entries = files.list(directory);
    if (!entries && entries.error().kind == ErrorKind::not_found) continue;
    if (!entries) return entries.error();
    for (const auto& entry : *entries) {
      if (!entry.name.ends_with(".conf") || found.size() == kMostModprobeFiles) continue;
      found.emplace(entry.name, target::join_path(directory, entry.name));
    }
  }
  return found;
}

struct Settings {
  facts::Map options;
  std::set<std::string> blacklisted;
};

// modprobe takes "-" and "_" for the same.
std::string module_name(std::string_view text) {
  std::string name(text);
  std::ranges::replace(name, '-', '_');
  return name;
}

bool is_nvidia(std::string_view module) {
  return module == "nvidia" || module.starts_with("nvidia_");
}

bool is_gpu_module(std::string_view module) {
  return is_nvidia(module) || module == "nouveau" || module == "nova_core";
}

// "install nvidia /bin/false" keeps a module from being loaded as well.
bool never_installs(const std::vector<std::string_view>& pieces) {
  return pieces.size() == 3 && pieces[0] == "install" &&
         (pieces[2].ends_with("/false") || pieces[2].ends_with("/true"));
}

void read_line(std::string_view line, Settings& settings) {
  const auto pieces = words(line);
  if (pieces.size() < 2) return;
  const auto module = module_name(pieces[1]);
  if (is_gpu_module(module) && (pieces[0] == "blacklist" || never_installs(pieces))) {
    settings.blacklisted.insert(module);
  }
  if (pieces[0] != "options" || !is_nvidia(module)) return;
  for (std::size_t index = 2; index < pieces.size(); ++index) {
    const auto equals = pieces[index].find('=');
    if (equals == std::string_view::npos || settings.options.size() == kMostModuleOptions) continue;
    auto value = pieces[index].substr(equals + 1);
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"') {
      value = value.substr(1, value.size() - 2);
    }
    settings.options.insert_or_assign(module + "." + std::string(pieces[index].substr(0, equals)), value);
  }
}

void run_modprobe(const Context& context, facts::FactWriter& writer) {
  auto& host = writer.host();
  const auto paths = find_files(context.files);
  Settings settings;
  std::optional<Error> problem;
  if (!paths) problem = paths.error();
  for (const auto& [name, path] : paths ? *paths : std::map<std::string, std::string>()) {
    const auto text = context.files.read(path);
    if (!text) {
      problem = text.error();
      continue;
    }
    for (const auto line : lines(*text)) read_line(line, settings);
  }
  constexpr std::string_view kSource = "/etc/modprobe.d, /usr/lib/modprobe.d";
  if (problem) {
    host.unknown(kOptions, unknown_after(*problem), kSource);
    host.unknown(kBlacklist, unknown_after(*problem), kSource);
    return;
  }
  host.set(kOptions, std::move(settings.options), kSource);
  host.set(kBlacklist, facts::string_list({settings.blacklisted.begin(), settings.blacklisted.end()}),
           kSource);
}

}  // namespace

Probe modprobe_probe() {
  static constexpr std::string_view kReads[] = {
      kModprobeDirectories[0],      kModprobeDirectories[1],
      kModprobeDirectories[2],      kModprobeDirectories[3],
      kModprobeDirectories[4],      "/etc/modprobe.d/*.conf",
      "/run/modprobe.d/*.conf",     "/usr/local/lib/modprobe.d/*.conf",
      "/usr/lib/modprobe.d/*.conf", "/lib/modprobe.d/*.conf"};
  static constexpr Sets kSets[] = {{"host", kOptions}, {"host", kBlacklist}};
  return {"modprobe",  "Options and blacklists of the driver's modules", Needs::files, kReads, kSets,
          run_modprobe};
}

}  // namespace preflight::probe
