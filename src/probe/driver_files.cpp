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

constexpr std::array<std::string_view, 5> kDriverDirectories = {
    "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib", "/usr/bin"};

constexpr std::size_t kMostFiles = 50;

// Ubuntu's libnvidia-compute-535 and libnvidia-compute-535-server, NVIDIA's libnvidia-compute, Debian's
// libcuda1 and libnvidia-ml1. What programs are linked with (libcuda1-stubs, nvidia-cuda-dev) is none.
bool brings_driver(std::string_view package) {
  constexpr std::string_view kUbuntu = "libnvidia-compute";
  if (package == kUbuntu || package == "libcuda1" || package == "libnvidia-ml1") return true;
  if (!package.starts_with(kUbuntu)) return false;
  const auto pieces = split(package.substr(kUbuntu.size()), '-');  // "-535-server"
  return pieces.size() > 1 && pieces[0].empty() && is_decimal(pieces[1]);
}

void write_package(const FileTree& files, facts::SubjectWriter& host) {
  const auto status = files.read(services::kDpkgStatus, services::kLargestDpkgStatus);
  if (!status) {
    set_rest_error(host, "driver.package", status.error(), services::kDpkgStatus);
    return;
  }
  const auto package = services::find_installed(*status, brings_driver);
  if (!package) {
    host.rest_absent("driver.package", services::kDpkgStatus);
    return;
  }
  host.set("driver.package", package->name, services::kDpkgStatus);
  host.set("driver.package_version", package->version, services::kDpkgStatus);
}

bool is_driver_name(std::string_view name) {
  return name.starts_with("libcuda.so") ||
         (name.starts_with("libnvidia-") && name.find(".so") != std::string_view::npos) ||
         name.starts_with("nvidia-smi");
}

void write_placeholders(const FileTree& files, facts::SubjectWriter& host) {
  constexpr std::string_view kFact = "driver.placeholder_files";
  facts::List found;
  for (const auto directory : kDriverDirectories) {
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

void run_driver_files(const Context& context, facts::FactWriter& writer) {
  write_package(context.files, writer.host());
  write_placeholders(context.files, writer.host());
}

}  // namespace

Probe driver_files_probe() {
  static constexpr std::string_view kReads[] = {
      services::kDpkgStatus, kDriverDirectories[0], kDriverDirectories[1], kDriverDirectories[2],
      kDriverDirectories[3], kDriverDirectories[4], "**/lib*.so*",         "/usr/bin/nvidia-*"};
  static constexpr Sets kSets[] = {{"host", "driver.package"}, {"host", "driver.placeholder_files"}};
  return {"driver-files", "The user-mode driver's package, and empty files in its place",
          Needs::files,   kReads,
          kSets,          run_driver_files};
}

}  // namespace preflight::probe
