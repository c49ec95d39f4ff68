// NCCL's network plugin: which one the loader finds, and whether it would load.
#include <array>

#include "loader/link.hpp"
#include "loader/process.hpp"
#include "probe/compiled_code/torch_links.hpp"
#include "probe/libraries/loader_search.hpp"
#include "probe/loader_variables.hpp"
#include "probe/probe.hpp"
#include "probe/process_variables.hpp"
#include "probe/reading.hpp"

namespace preflight::probe {

namespace {

using facts::Gap;

constexpr std::string_view kDefaultPlugin = "libnccl-net.so";

// The names under which NCCL looks for its plugin, in order: NCCL_NET_PLUGIN is a file's name or what stands
// at its end. None when it is switched off.
std::vector<std::string> plugin_names(const Context& context) {
  const auto variables = process_variables(context.files);
  std::string wanted;
  if (variables && context.state == SystemState::running) {
    const auto found = variables->find("NCCL_NET_PLUGIN");
    if (found != variables->end()) wanted = found->second;
  }
  if (wanted.empty()) return {std::string(kDefaultPlugin)};
  if (wanted == "none") return {};
  return {wanted, "libnccl-net-" + wanted + ".so"};
}

std::string find_plugin(const Context& context, libraries::LoaderSearch& search) {
  for (const auto& name : plugin_names(context)) {
    if (name.starts_with('/')) return context.files.exists(name) ? name : "";
    const auto hits = search.find(name);
    if (!hits.empty()) return hits.front().path;
  }
  return "";
}

// The plugin with all that it needs, as the loader would bring it in. What NCCL brings along isn't there, so
// only versions of symbols can be judged, not symbols.
void set_links(const Context& context, const std::string& plugin, facts::SubjectWriter& host) {
  const auto variables = loader_variables(context);
  const auto system = loader::find_system_loader(context.files);
  std::vector<std::string> problems;
  const auto settings = loader::read_settings(context.files, variables ? *variables : loader::Variables{},
                                              system.machine, system.path, problems);
  loader::Images images(context.files, system.machine);
  loader::Process process(context.files, settings, images);
  std::vector<std::string> missing_libraries;
  const auto failures = process.start(plugin);
  if (process.objects().empty()) {  // the plugin itself isn't one that can be loaded
    host.rest_unknown("nccl.plugin.", {failures.front().reason, Gap::unreadable}, plugin);
    return;
  }
  for (const auto& failure : failures) {
    if (!compiled_code::is_driver_library(failure.name)) missing_libraries.push_back(failure.name);
  }
  loader::Linker linker;
  std::vector<std::string> missing_versions;
  for (loader::ObjectIndex object = 0; object < process.objects().size(); ++object) {
    const auto links = linker.check(process, object);
    if (!links) {
      host.rest_unknown("nccl.plugin.", {links.error().message, Gap::unreadable}, plugin);
      return;
    }
    for (const auto& version : links->versions) {
      missing_versions.push_back(version.version + " of " + version.library);
    }
  }
  host.set("nccl.plugin.missing_libraries", facts::string_list(missing_libraries), plugin);
  host.set("nccl.plugin.missing_versions", facts::string_list(missing_versions), plugin);
}

void run_nccl_plugin(const Context& context, facts::FactWriter& writer) {
  constexpr std::string_view kPrefix = "nccl.plugin.";
  auto& host = writer.host();
  libraries::LoaderSearch search(context);
  if (search.problem()) {
    host.rest_unknown(kPrefix, {search.problem()->message, Gap::unreadable}, compiled_code::kLoaderSearch);
    return;
  }
  const auto plugin = find_plugin(context, search);
  if (plugin.empty()) {
    host.rest_absent(kPrefix, compiled_code::kLoaderSearch);
    return;
  }
  host.set("nccl.plugin.path", plugin, compiled_code::kLoaderSearch);
  set_links(context, plugin, host);
}

}  // namespace

Probe nccl_plugin_probe() {
  static constexpr std::string_view kReads[] = {kVariablesPath,       loader::kCachePath,
                                                loader::kPreloadPath, loader::kProcessorPath,
                                                "/lib*/ld-linux*",    "**/*.so",
                                                "**/*.so.*",          "**/glibc-hwcaps/**",
                                                "/usr/lib*",          "/lib*",
                                                "/usr/lib/*",         "/lib/*"};
  static constexpr Sets kSets[] = {{"host", "nccl.plugin."}};
  return {"nccl-plugin",  "NCCL's network plugin, and whether it would load", Needs::files, kReads, kSets,
          run_nccl_plugin};
}

}  // namespace preflight::probe
