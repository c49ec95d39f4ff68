// The kernel's side of the driver: what is loaded, and what is installed for the running kernel.
#include <algorithm>
#include <array>

#include "probe/installed_module.hpp"
#include "probe/nvrm_version.hpp"
#include "probe/probe.hpp"
#include "probe/reading.hpp"
#include "support/text.hpp"
#include "support/version.hpp"

namespace preflight::probe {

namespace {

using facts::Gap;

constexpr std::string_view kVersion = "/proc/driver/nvidia/version";
constexpr std::string_view kModuleVersion = "/sys/module/nvidia/version";
constexpr std::string_view kModules = "/proc/modules";
constexpr std::string_view kParameters = "/proc/driver/nvidia/params";
constexpr std::string_view kUvmParameters = "/sys/module/nvidia_uvm/parameters";

constexpr std::array<std::string_view, 13> kGpuModules = {
    "nvidia",    "nvidia_uvm",  "nvidia_modeset",  "nvidia_drm", "nvidia_peermem",
    "nvidia_fs", "nv_peer_mem", "gdrdrv",          "nouveau",    "nova_core",
    "nova_drm",  "vfio_pci",    "vfio_iommu_type1"};

constexpr std::size_t kLargestModulesDep = std::size_t{16} << 20U;
constexpr std::size_t kMostParameters = 1000;

void set_loaded(const target::FileTree& files, facts::SubjectWriter& host) {
  const auto text = read_trimmed(files, kVersion);
  if (text) {
    if (const auto parsed = parse_nvrm_version(*text)) {
      host.set("driver.module_version", parsed->version, kVersion);
      host.set("driver.module_flavour", parsed->open ? "open" : "proprietary", kVersion);
    } else {
      const facts::Unknown why{"no version in the driver's own text", Gap::unreadable};
      host.unknown("driver.module_version", why, kVersion);
      host.unknown("driver.module_flavour", why, kVersion);
    }
    return;
  }
  if (text.error().kind != ErrorKind::not_found) {
    set_error(host, "driver.module_version", text.error(), kVersion);
    set_error(host, "driver.module_flavour", text.error(), kVersion);
    return;
  }
  const auto version = read_trimmed(files, kModuleVersion);
  if (!version) {
    set_error(host, "driver.module_version", version.error(), kModuleVersion);
    set_error(host, "driver.module_flavour", version.error(), kModuleVersion);
    return;
  }
  if (parse_dotted_version(*version)) {
    host.set("driver.module_version", *version, kModuleVersion);
  } else {
    host.unknown("driver.module_version", {"not a version", Gap::unreadable}, kModuleVersion);
  }
  host.unknown("driver.module_flavour", {"only /proc/driver/nvidia/version tells"}, kModuleVersion);
}

void set_modules(const target::FileTree& files, facts::SubjectWriter& host) {
  const auto text = files.read(kModules);
  if (!text) {
    set_error(host, "driver.modules", text.error(), kModules);
    return;
  }
  std::vector<std::string> loaded;
  for (const auto line : lines(*text)) {
    const auto name = line.substr(0, line.find(' '));
    if (std::ranges::find(kGpuModules, name) != kGpuModules.end()) loaded.emplace_back(name);
  }
  std::ranges::sort(loaded);
  host.set("driver.modules", facts::string_list(loaded), kModules);
}

// Lines "EnableMSI: 1".
void set_parameters(const target::FileTree& files, facts::SubjectWriter& host) {
  const auto text = read_trimmed(files, kParameters);
  if (!text) {
    set_error(host, "driver.module_parameters", text.error(), kParameters);
    return;
  }
  facts::Map parameters;
  for (const auto line : lines(*text)) {
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || parameters.size() == kMostParameters) continue;
    parameters.insert_or_assign(std::string(trim(line.substr(0, colon))), trim(line.substr(colon + 1)));
  }
  host.set("driver.module_parameters", std::move(parameters), kParameters);
}

// One file a parameter. Those that can't be read are left out.
void set_uvm_parameters(const target::FileTree& files, facts::SubjectWriter& host) {
  constexpr std::string_view kFact = "driver.uvm_parameters";
  const auto entries = files.list(kUvmParameters);
  if (!entries) {
    set_error(host, kFact, entries.error(), kUvmParameters);
    return;
  }
  facts::Map parameters;
  for (const auto& entry : *entries) {
    if (parameters.size() == kMostParameters) break;
    const auto value = read_trimmed(files, target::join_path(kUvmParameters, entry.name));
    if (value) parameters.insert_or_assign(entry.name, *value);
  }
  host.set(kFact, std::move(parameters), kUvmParameters);
}

// Where the module for the running kernel is; what keeps it from being found is an error.
struct InstalledModule {
  std::string list;  // the file that names it
  std::string path;  // empty when none is installed
};

Result<InstalledModule> find_installed(const target::FileTree& files) {
  const auto release = read_trimmed(files, kKernelReleasePath);
  if (!release) return release.error();
  const std::string directory = target::join_path("/lib/modules", target::base_name(*release));
  InstalledModule module{target::join_path(directory, "modules.dep"), ""};
  const auto dependencies = files.read(module.list, kLargestModulesDep);
  if (!dependencies) return dependencies.error();
  if (const auto found = find_nvidia_module(*dependencies)) {
    module.path = found->starts_with('/') ? *found : target::join_path(directory, *found);
  }
  return module;
}

void set_module_version(const ByteSource& module, const std::string& path, facts::SubjectWriter& host) {
  constexpr std::string_view kFact = "driver.installed_module_version";
  const auto version = read_module_version(module);
  if (!version) {
    host.unknown(kFact, {version.error().message, Gap::unreadable}, path);
  } else if (!parse_dotted_version(*version)) {
    host.unknown(kFact, {"not a version: " + version->substr(0, 64), Gap::unreadable}, path);
  } else {
    host.set(kFact, *version, path + " .modinfo");
  }
}

void set_module_signed(const ByteSource& module, const std::string& path, facts::SubjectWriter& host) {
  constexpr std::string_view kFact = "driver.installed_module_signed";
  const auto is_signed = is_signed_module(module);
  if (is_signed) {
    host.set(kFact, *is_signed, path);
  } else {
    set_error(host, kFact, is_signed.error(), path);
  }
}

void set_installed(const target::FileTree& files, facts::SubjectWriter& host) {
  constexpr std::string_view kFacts = "driver.installed_module_";
  const auto found = find_installed(files);
  if (!found) {
    set_rest_error(host, kFacts, found.error(), kKernelReleasePath);
  } else if (found->path.empty()) {
    host.rest_absent(kFacts, found->list);
  } else if (!found->path.ends_with(".ko")) {
    host.rest_unknown(kFacts, {"the module is compressed", Gap::unreadable}, found->path);
  } else if (const auto module = files.open(found->path)) {
    set_module_version(**module, found->path, host);
    set_module_signed(**module, found->path, host);
  } else {
    host.rest_unknown(kFacts, {module.error().message, Gap::unreadable}, found->path);
  }
}

void run_kernel_modules(const Context& context, facts::FactWriter& writer) {
  set_loaded(context.files, writer.host());
  set_modules(context.files, writer.host());
  set_parameters(context.files, writer.host());
  set_uvm_parameters(context.files, writer.host());
  set_installed(context.files, writer.host());
}

}  // namespace

Probe kernel_modules_probe() {
  static constexpr std::string_view kReads[] = {
      kVersion,           kModuleVersion,    kModules,       kParameters,
      kKernelReleasePath, "/lib/modules/**", kUvmParameters, "/sys/module/nvidia_uvm/parameters/*"};
  static constexpr Sets kSets[] = {
      {"host", "driver.module"}, {"host", "driver.installed_module_"}, {"host", "driver.uvm_parameters"}};
  return {"kernel-modules",
          "Loaded and installed kernel modules of the driver",
          Needs::running_system,
          kReads,
          kSets,
          run_kernel_modules};
}

}  // namespace preflight::probe
