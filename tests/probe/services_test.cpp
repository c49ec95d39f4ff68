#include "catch.hpp"
#include "doubles/elf_image.hpp"
#include "probe/services/dpkg_status.hpp"
#include "probe/services/toml_settings.hpp"
#include "run_probe.hpp"

using namespace preflight;
using namespace preflight::probe::services;
using test::host_state;
using test::MemoryTree;
using test::run_probe;

namespace {

constexpr const char* kStatus =
    "Package: nvidia-fabricmanager-dev-535\nStatus: install ok installed\nVersion: 1-1\n\n"
    "Package: nvidia-fabricmanager-470\nStatus: deinstall ok config-files\nVersion: 470.57.02-1\n\n"
    "Package: nvidia-fabricmanager-535\nStatus: install ok installed\nPriority: optional\n"
    "Version: 535.104.05-0ubuntu0.22.04.4\nDescription: Fabric Manager\n Version: 1\n\n"
    "Package: nvidia-container-toolkit\nStatus: install ok installed\nVersion: 1.17.8-1\n";

std::optional<std::string> version_of(std::string_view status, std::string_view package) {
  const auto found = find_installed(status, [&](std::string_view name) { return name == package; });
  if (!found) return std::nullopt;
  return found->version;
}

MemoryTree processes() {
  MemoryTree root;
  root.file("/proc/1/comm", "systemd\n").file("/proc/2/comm", "kthreadd\n").file("/proc/self/comm", "x\n");
  return root;
}

}  // namespace

TEST_CASE("installed packages are found in Debian's database") {
  CHECK(version_of(kStatus, "nvidia-fabricmanager-535") == "535.104.05");
  CHECK(version_of(kStatus, "nvidia-fabricmanager-470") == std::nullopt);
  CHECK(version_of(kStatus, "nvidia-container-toolkit") == "1.17.8");
  CHECK(version_of("Package: a\nStatus: install ok installed\nVersion: 1:2.3~rc1-1\n", "a") == "2.3");
  CHECK(version_of("Package: a\nStatus: install ok installed\nVersion: next\n", "a") == std::nullopt);
  CHECK(version_of("\n\n\n\xff\n", "a") == std::nullopt);
  CHECK(version_of("Package: a", "a") == std::nullopt);
}

TEST_CASE("settings of TOML are read, what is beyond the subset is passed over") {
  const auto settings = read_toml_settings(
      "#accept = true\ndisable-require = false # why\nlist = [\n  \"a\",\n]\n\n[nvidia-container-cli]\n"
      "ldconfig = \"@/sbin/ldconfig.real\"\nno-cgroups=true\n[ nvidia-container-runtime ]\n\"mode\" = "
      "'auto'\n"
      "text = \"a \\\"b\\\" # c\"\nopen = \"never\n");
  CHECK(settings == std::map<std::string, std::string, std::less<>>{
                        {"disable-require", "false"},
                        {"nvidia-container-cli.ldconfig", "@/sbin/ldconfig.real"},
                        {"nvidia-container-cli.no-cgroups", "true"},
                        {"nvidia-container-runtime.mode", "auto"},
                        {"nvidia-container-runtime.text", "a \"b\" # c"}});
  CHECK(read_toml_settings("").empty());
  CHECK(read_toml_settings("[\n=\n]=[\n\"").size() <= 1);
}

TEST_CASE("daemons are told by their pid file, else by name") {
  auto root = processes();
  root.file("/run/nvidia-fabricmanager/nv-fabricmanager.pid", "4321\n")
      .file("/proc/4321/comm", "nv-fabricmanage\n");
  root.file("/proc/77/comm", "nvidia-imex\n");
  root.file("/run/nvidia-persistenced/nvidia-persistenced.pid", "1\n");  // stale: the number is systemd's
  root.file("/var/lib/dpkg/status", kStatus);
  const auto document = run_probe("driver-services", root);
  CHECK(host_state(document, "fabric_manager.version") == "535.104.05");
  CHECK(host_state(document, "fabric_manager.running") == "true");
  CHECK(host_state(document, "imex.running") == "true");
  CHECK(host_state(document, "persistenced.running") == "false");
}

TEST_CASE("when daemons were started") {
  auto root = processes();
  root.file("/run/nvidia-fabricmanager/nv-fabricmanager.pid", "4321\n")
      .file("/proc/4321/comm", "nv-fabricmanage\n")
      .file("/proc/77/comm", "nvidia-persiste\n");
  const auto state = [&](const std::string& fact) {
    return host_state(run_probe("driver-services", root), fact);
  };
  // The fields after the name; the 22nd of all is the start in hundredths of a second.
  const std::string before = " S 1 4321 4321 0 -1 4194560 1 0 0 0 1 2 0 0 20 0 9 0 ";
  CHECK(state("fabric_manager.started") == "absent");  // it has just ended
  root.file("/proc/4321/stat", "4321 (nv-fabricmanage)" + before + "2599 1 1\n");
  root.file("/proc/77/stat", "77 (a) S 1 ) (b)" + before + "150000");
  CHECK(state("fabric_manager.started") == "25");
  CHECK(state("persistenced.started") == "1500");
  for (const std::string& stat :
       {std::string(), std::string("4321"), std::string("4321 (x) S 1"), "4321 (x)" + before + "-100",
        "4321 (x)" + before + "99999999999999999999", std::string(1000, ')'), std::string(100'000, '1')}) {
    root.file("/proc/4321/stat", stat);
    CHECK(state("fabric_manager.started") == "unreadable");
    CHECK(state("fabric_manager.running") == "true");
  }
  root.file("/proc/77/comm", "bash\n");
  CHECK(state("persistenced.running") == "false");
  CHECK(state("persistenced.started") == "absent");
  CHECK(host_state(run_probe("driver-services", root, probe::SystemState::at_rest), "persistenced.started") ==
        "not observable");
  root.file("/proc/2/comm", "python\n");
  CHECK(state("persistenced.started") == "not observable");
}

TEST_CASE("a container doesn't show the host's daemons") {
  MemoryTree root;
  root.file("/proc/1/comm", "bash\n").file("/proc/2/comm", "python\n");
  auto document = run_probe("driver-services", root);
  CHECK(host_state(document, "fabric_manager.running") == "not observable");
  CHECK(host_state(document, "persistenced.running") == "not observable");
  CHECK(host_state(document, "fabric_manager.version") == "absent");

  root.fail("/proc", {ErrorKind::not_permitted, "permission denied"});
  document = run_probe("driver-services", root);
  CHECK(host_state(document, "imex.running") == "unreadable");

  document = run_probe("driver-services", processes(), probe::SystemState::at_rest);
  CHECK(host_state(document, "imex.running") == "not observable");
}

TEST_CASE("hostile pid files lead nowhere") {
  auto root = processes();
  root.file("/run/nvidia-imex/nvidia-imex.pid", "../../etc\n")
      .fifo("/run/nvidia-fabricmanager/nv-fabricmanager.pid");
  root.file("/run/nvidia-persistenced/nvidia-persistenced.pid", std::string(100'000, '9'));
  const auto document = run_probe("driver-services", root);
  CHECK(host_state(document, "imex.running") == "false");
  CHECK(host_state(document, "fabric_manager.running") == "false");
  CHECK(host_state(document, "persistenced.running") == "false");
}

TEST_CASE("a fabric manager of no package has no version that can be told") {
  MemoryTree root;
  root.file("/usr/bin/nv-fabricmanager", "x");
  CHECK(host_state(run_probe("driver-services", root), "fabric_manager.version") == "not observable");
}

TEST_CASE("the container toolkit, its configuration and CDI are told") {
  MemoryTree root;
  root.file("/var/lib/dpkg/status", kStatus)
      .file("/etc/nvidia-container-runtime/config.toml",
            "disable-require = false\n[nvidia-container-cli]\nno-cgroups = false\nldconfig = "
            "\"@/sbin/ldconfig\"\n"
            "[nvidia-container-runtime]\nmode = \"auto\"\n")
      .file("/etc/cdi/nvidia.yaml",
            "cdiVersion: 0.5.0\nkind: nvidia.com/gpu\n  - hostPath: /usr/lib/libcuda.so.1\n"
            "  - hostPath: /usr/lib/x86_64-linux-gnu/libcuda.so.535.104.05\n")
      .file("/etc/cdi/vendor.json", "{\"kind\": \"vendor.com/net\"}");
  const auto document = run_probe("container-toolkit", root);
  CHECK(host_state(document, "container_toolkit.version") == "1.17.8");
  CHECK(host_state(document, "container_toolkit.config_path") == "/etc/nvidia-container-runtime/config.toml");
  CHECK(host_state(document, "container_toolkit.mode") == "auto");
  CHECK(host_state(document, "container_toolkit.no_cgroups") == "false");
  CHECK(host_state(document, "container_toolkit.ldconfig") == "@/sbin/ldconfig");
  CHECK(host_state(document, "container_toolkit.disable_require") == "false");
  CHECK(host_state(document, "container_toolkit.cdi_specs") == "/etc/cdi/nvidia.yaml");
  CHECK(host_state(document, "container_toolkit.cdi_driver_version") == "535.104.05");
}

TEST_CASE("without a package the toolkit's program tells its version") {
  test::ElfImage image;
  image.sections = {
      {".go.buildinfo",
       "build\t-ldflags=\"-s -X github.com/NVIDIA/nvidia-container-toolkit/internal/info.version=1.18.0 "
       "-X other=1\"\n"}};
  MemoryTree root;
  root.file("/usr/bin/nvidia-ctk", image.bytes());
  CHECK(host_state(run_probe("container-toolkit", root), "container_toolkit.version") == "1.18.0");
  root.file("/usr/bin/nvidia-ctk", "#!/bin/sh\n");
  CHECK(host_state(run_probe("container-toolkit", root), "container_toolkit.version") == "unreadable");
}

TEST_CASE("nothing of the toolkit is absent; damaged files are unknown") {
  MemoryTree root;
  auto document = run_probe("container-toolkit", root);
  for (const auto* fact : {"container_toolkit.version", "container_toolkit.mode",
                           "container_toolkit.config_path", "container_toolkit.cdi_driver_version"}) {
    CHECK(host_state(document, fact) == "absent");
  }
  root.fifo("/etc/cdi/nvidia.yaml");
  root.file("/etc/nvidia-container-runtime/config.toml", "[nvidia-container-cli]\nno-cgroups = maybe\n");
  document = run_probe("container-toolkit", root);
  CHECK(host_state(document, "container_toolkit.cdi_specs") == "unreadable");
  CHECK(host_state(document, "container_toolkit.no_cgroups") == "unreadable");
  CHECK(host_state(document, "container_toolkit.mode") == "absent");
}
