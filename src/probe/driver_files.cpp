// How the user-mode driver got here: by a package of the distribution, or as what a container runtime left.
#include <array>

#include "probe/probe.hpp"
#include "probe/reading.hpp"
#include "probe/services/dpkg_status.hpp"
#include "support/text.hpp"

namespace preflight::probe {

namespace {

using target::FileKind;
using target::FileTree;

constexpr std::string_view kPackages = "/var/lib/dpkg/status";
constexpr std::array<std::string_view, 5> kDirectories = {
    "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib", "/usr/bin"};
constexpr std::string_view kReads[] = {kPackages,       kDirectories[0],    kDirectories[1],
                                       kDirectories[2], kDirectories[3],    kDirectories[4],
                                       "**/lib*.so*",   "/usr/bin/nvidia-*"};
constexpr Sets kSets[] = {{"host", "driver.package"}, {"host", "driver.placeholder_files"}};

constexpr std::size_t kLargestPackages = std::size_t{64} << 20U;
constexpr std::size_t kMostFiles = 50;

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// Ubuntu's libnvidia-compute-535 and libnvidia-compute-535-server, NVIDIA's libnvidia-compute, Debian's
// libcuda1 and libnvidia-ml1. What programs are linked with (libcuda1-stubs, nvidia-cuda-dev) is none.
bool brings_driver(std::string_view package) {
  constexpr std::string_view kUbuntu = "libnvidia-compute";
  if (package == kUbuntu || package == "libcuda1" || package == "libnvidia-ml1") return true;
  if (!package.starts_with(kUbuntu)) return false;
  const auto pieces = split(package.substr(kUbuntu.size()), '-');  // "-535-server"
  return pieces.size() > 1 && pieces[0].empty() && is_number(pieces[1]);
}

void write_package(const FileTree& files, facts::SubjectWriter& host) {
  const auto status = files.read(kPackages, kLargestPackages);
  if (!status) {
    set_rest_error(host, "driver.package", status.error(), kPackages);
    return;
  }
  const auto package = services::find_installed(*status, brings_driver);
  if (!package) {
    host.rest_absent("driver.package", kPackages);
    return;
  }
  host.set("driver.package", package->name, kPackages);
  host.set("driver.package_version", package->version, kPackages);
}

bool is_driver_name(std::string_view name) {
  return name.starts_with("libcuda.so") ||
         (name.starts_with("libnvidia-") && name.find(".so") != std::string_view::npos) ||
         name.starts_with("nvidia-smi");
}

void write_placeholders(const FileTree& files, facts::SubjectWriter& host) {
  constexpr std::string_view kFact = "driver.placeholder_files";
  facts::List found;
  for (const auto directory : kDirectories) {
    const auto entries = files.list(directory);
    if (!entries && entries.error().kind == ErrorKind::not_found) continue;
    if (!entries) {
      set_error(host, kFact, entries.error(), directory);
      return;
    }
    for (const auto& entry : *entries) {
      if (entry.kind != FileKind::regular || !is_driver_name(entry.name) || found.size() == kMostFiles)
        continue;
      const auto path = target::join_path(directory, entry.name);
      const auto status = files.status(path);
      if (status && status->size == 0) found.emplace_back(path);
    }
  }
  host.set(kFact, std::move(found), "/usr/lib, /usr/lib64");
}

void run(const Context& context, facts::FactWriter& writer) {
  write_package(context.files, writer.host());
  write_placeholders(context.files, writer.host());
}

}  // namespace

Probe driver_files_probe() {
  return {"driver-files", "The user-mode driver's package, and empty files in its place",
          Needs::files,   kReads,
          kSets,          run};
}

}  // namespace preflight::probe
