// NVIDIA's container toolkit, its configuration and CDI specifications.
#include <algorithm>
#include <array>

#include "elf/contents.hpp"
#include "probe/probe.hpp"
#include "probe/reading.hpp"
#include "probe/services/cdi_specification.hpp"
#include "probe/services/dpkg_status.hpp"
#include "probe/services/toml_settings.hpp"
#include "support/text.hpp"
#include "support/version.hpp"

namespace preflight::probe {

namespace {

using facts::Gap;
using target::FileTree;

constexpr std::string_view kConfiguration = "/etc/nvidia-container-runtime/config.toml";

constexpr std::size_t kLargestSpecification = std::size_t{4} << 20U;
constexpr std::size_t kMostSpecifications = 100;
constexpr std::size_t kMostMissingFiles = 50;
constexpr std::uint64_t kLargestBuildInformation = std::uint64_t{1} << 20U;

// Go writes the linker's options into the section .go.buildinfo of a program; the toolkit's makefile sets its
// version with one: "-X github.com/NVIDIA/nvidia-container-toolkit/internal/info.version=1.17.8".
Result<std::string> version_of_program(const ByteSource& program) {
  const auto file = elf::File::open(program);
  if (!file) return file.error();
  const auto section = file->section(".go.buildinfo");
  if (!section) return section.error();
  constexpr std::string_view kOption = "internal/info.version=";
  std::string version;
  const auto found =
      elf::find_text(*file, *section, kOption, kLargestBuildInformation, [&](std::string_view text) {
        version = leading_dotted_version(text.substr(kOption.size()));
        return !version.empty();
      });
  if (!found) return found.error();
  if (!*found) return Error{ErrorKind::malformed, "the program states no version in a known way"};
  return version;
}

void write_toolkit_version(const FileTree& files, facts::SubjectWriter& host) {
  constexpr std::string_view kFact = "container_toolkit.version";
  const auto is_toolkit = [](std::string_view name) {
    return name == "nvidia-container-toolkit" || name == "nvidia-container-toolkit-base";
  };
  if (services::set_installed_version(host, kFact, files, is_toolkit)) return;
  constexpr std::array<std::string_view, 2> kPrograms = {"/usr/bin/nvidia-ctk",
                                                         "/usr/bin/nvidia-container-runtime-hook"};
  for (const auto path : kPrograms) {
    const auto program = files.open(path);
    if (!program && program.error().kind == ErrorKind::not_found) continue;
    const auto version = program ? version_of_program(**program) : program.error();
    if (version) {
      host.set(kFact, *version, std::string(path) + " .go.buildinfo");
    } else {
      host.unknown(kFact, {version.error().message, Gap::unreadable}, path);
    }
    return;
  }
  host.absent(kFact, kPrograms.front());
}

// "@/sbin/ldconfig": of the host; without "@" in the container, for which the host's tells as much where both
// are of one distribution.
void write_ldconfig_kind(const FileTree& files, std::string_view configured, facts::SubjectWriter& host) {
  constexpr std::string_view kFact = "container_toolkit.ldconfig_kind";
  if (configured.starts_with('@')) configured.remove_prefix(1);
  if (!configured.starts_with('/') || !target::base_name(configured).starts_with("ldconfig")) {
    host.unknown(kFact, {"no path of an ldconfig is configured"}, kConfiguration);
    return;
  }
  const auto head = files.read_head(configured, 2);
  if (head) {
    host.set(kFact, *head == "#!" ? "script" : "program", configured);
  } else {
    set_error(host, kFact, head.error(), configured);
  }
}

void write_configuration(const FileTree& files, facts::SubjectWriter& host) {
  struct Setting {
    std::string_view fact;
    std::string_view key;
    bool is_boolean;
  };
  constexpr Setting kSettings[] = {
      {"container_toolkit.mode", "nvidia-container-runtime.mode", false},
      {"container_toolkit.ldconfig", "nvidia-container-cli.ldconfig", false},
      {"container_toolkit.no_cgroups", "nvidia-container-cli.no-cgroups", true},
      {"container_toolkit.disable_require", "disable-require", true},
  };
  const auto text = files.read(kConfiguration);
  if (!text) {
    for (const auto& setting : kSettings) set_error(host, setting.fact, text.error(), kConfiguration);
    set_error(host, "container_toolkit.ldconfig_kind", text.error(), kConfiguration);
    set_error(host, "container_toolkit.config_path", text.error(), kConfiguration);
    return;
  }
  host.set("container_toolkit.config_path", kConfiguration, kConfiguration);
  const auto settings = services::read_toml_settings(*text);
  for (const auto& setting : kSettings) {
    const auto found = settings.find(setting.key);
    if (found == settings.end()) {
      host.absent(setting.fact, kConfiguration);
    } else if (!setting.is_boolean) {
      host.set(setting.fact, found->second, kConfiguration);
    } else if (found->second == "true" || found->second == "false") {
      host.set(setting.fact, found->second == "true", kConfiguration);
    } else {
      host.unknown(setting.fact, {"neither true nor false", Gap::unreadable}, kConfiguration);
    }
  }
  const auto linker = settings.find("nvidia-container-cli.ldconfig");
  write_ldconfig_kind(files, linker == settings.end() ? "" : linker->second, host);
}

// A file that a driver brings, and that a tree of any kind shows: the places that this probe reads.
bool is_driver_file(std::string_view path) {
  const auto name = target::base_name(path);
  return (name.starts_with("lib") && name.find(".so") != std::string_view::npos) ||
         path.starts_with("/usr/bin/nvidia-") || path.find("/firmware/nvidia/") != std::string_view::npos;
}

// The driver's files that a specification mounts and the target does not have. What can't be looked at counts
// as there.
void add_missing(const FileTree& files, std::string_view specification, std::vector<std::string>& missing) {
  for (auto& path : services::host_paths_of(specification)) {
    if (missing.size() == kMostMissingFiles) return;
    if (!is_driver_file(path) || std::ranges::find(missing, path) != missing.end()) continue;
    const auto status = files.status(path);
    if (!status && status.error().kind == ErrorKind::not_found) missing.push_back(std::move(path));
  }
}

void write_specifications(const FileTree& files, facts::SubjectWriter& host) {
  constexpr std::string_view kPlaces = "/etc/cdi, /var/run/cdi";
  std::vector<std::string> paths;
  std::optional<std::pair<std::string, std::string>> version;  // and its source
  std::vector<std::string> missing;
  std::optional<Error> problem;
  for (const auto* const directory : {"/etc/cdi", "/var/run/cdi"}) {
    const auto entries = files.list(directory);
    if (!entries) {
      if (entries.error().kind != ErrorKind::not_found) problem = entries.error();
      continue;
    }
    for (const auto& entry : *entries) {
      const bool is_specification =
          entry.name.ends_with(".yaml") || entry.name.ends_with(".yml") || entry.name.ends_with(".json");
      if (!is_specification || paths.size() == kMostSpecifications) continue;
      auto path = target::join_path(directory, entry.name);
      const auto text = files.read(path, kLargestSpecification);
      if (!text) {
        problem = text.error();
        continue;
      }
      if (text->find("nvidia.com/") == std::string::npos) continue;
      if (auto found = services::driver_version_of(*text); found && !version)
        version.emplace(std::move(*found), path);
      add_missing(files, *text, missing);
      paths.push_back(std::move(path));
    }
  }
  if (problem) {
    host.unknown("container_toolkit.cdi_specs", unknown_after(*problem), kPlaces);
  } else {
    host.set("container_toolkit.cdi_specs", facts::string_list(paths), kPlaces);
  }
  if (problem && missing.empty()) {
    host.unknown("container_toolkit.cdi_missing_files", unknown_after(*problem), kPlaces);
  } else if (paths.empty()) {
    host.absent("container_toolkit.cdi_missing_files", kPlaces);
  } else {
    host.set("container_toolkit.cdi_missing_files", facts::string_list(missing), kPlaces);
  }
  if (version) {
    host.set("container_toolkit.cdi_driver_version", version->first, version->second);
  } else if (problem) {
    host.unknown("container_toolkit.cdi_driver_version", unknown_after(*problem), kPlaces);
  } else {
    host.absent("container_toolkit.cdi_driver_version", kPlaces);
  }
}

void run_container_toolkit(const Context& context, facts::FactWriter& writer) {
  write_toolkit_version(context.files, writer.host());
  write_configuration(context.files, writer.host());
  write_specifications(context.files, writer.host());
}

}  // namespace

Probe container_toolkit_probe() {
  static constexpr std::string_view kReads[] = {services::kDpkgStatus,
                                                kConfiguration,
                                                "/etc/cdi",
                                                "/etc/cdi/*",
                                                "/var/run/cdi",
                                                "/var/run/cdi/*",
                                                "/usr/bin/nvidia-ctk",
                                                "/usr/bin/nvidia-container-runtime-hook",
                                                "**/ldconfig*",
                                                "**/lib*.so*",
                                                "/usr/bin/nvidia-*",
                                                "**/firmware/nvidia/**"};
  static constexpr Sets kSets[] = {{"host", "container_toolkit."}};
  return {
      "container-toolkit",  "NVIDIA's container toolkit and CDI specifications", Needs::files, kReads, kSets,
      run_container_toolkit};
}

}  // namespace preflight::probe
