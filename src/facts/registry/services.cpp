#include "facts/registry/areas.hpp"

namespace preflight::facts {

namespace {

constexpr Declaration kServiceFacts[] = {
    {"fabric_manager.version", kVersion,
     "Version of the installed fabric manager, from the database of Debian packages"},
    {"fabric_manager.running", kBoolean, "A process nv-fabricmanager runs"},
    {"fabric_manager.started", kInteger, "When the running one was started, in seconds from the boot"},
    {"persistenced.running", kBoolean, "A process nvidia-persistenced runs"},
    {"persistenced.started", kInteger, "When the running one was started, in seconds from the boot"},
    {"imex.running", kBoolean, "A process nvidia-imex runs"},
    {"container_toolkit.version", kVersion, "Version of the installed NVIDIA container toolkit"},
    {"container_toolkit.config_path", kString, "The toolkit's configuration file that was read"},
    {"container_toolkit.mode", kString, "nvidia-container-runtime.mode: auto, legacy, cdi, csv"},
    {"container_toolkit.no_cgroups", kBoolean, "nvidia-container-cli.no-cgroups"},
    {"container_toolkit.ldconfig", kString, "nvidia-container-cli.ldconfig"},
    {"container_toolkit.disable_require", kBoolean,
     "disable-require: the image's requirements are not checked"},
    {"container_toolkit.cdi_specs", kStrings, "CDI specifications for nvidia.com devices"},
    {"container_toolkit.cdi_driver_version", kVersion,
     "Driver version whose libraries the CDI specification names"},
    {"container_toolkit.cdi_missing_files", kStrings,
     "Driver files that the CDI specifications mount and that aren't on the host; the first 50"},
    {"container_toolkit.ldconfig_kind", kString,
     "What the host has at the configured ldconfig (\"@\" left out): program or script; absent when nothing"},
};

}  // namespace

std::span<const Declaration> service_facts() {
  return kServiceFacts;
}

}  // namespace preflight::facts
