#include "catch.hpp"
#include "doubles/elf_image.hpp"
#include "probe/installed_module.hpp"
#include "probe/nvrm_version.hpp"
#include "run_probe.hpp"

using namespace preflight;
using probe::find_nvidia_module;
using probe::parse_nvrm_version;
using test::host_state;
using test::MemoryTree;
using test::run_probe;

namespace {

std::string nvrm(std::string_view text) {
  const auto parsed = parse_nvrm_version(text);
  return parsed ? parsed->version + (parsed->open ? " open" : " proprietary") : "none";
}

std::string kernel_module(const std::string& information) {
  test::ElfImage image;
  image.type = 1;
  image.sections = {{".modinfo", information}};
  return image.bytes();
}

MemoryTree loaded() {
  MemoryTree root;
  root.file("/proc/driver/nvidia/version",
            "NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.104.05  Sat Aug 19 01:15:15 UTC 2023\n"
            "GCC version:  gcc version 12.2.0 (Debian 12.2.0-14) \n")
      .file("/proc/driver/nvidia/params",
            "EnableMSI: 1\nRegistryDwords: \"\"\nGrdmaPciTopoCheckOverride: 0\n")
      .file("/sys/module/nvidia_uvm/parameters/uvm_disable_hmm", "N\n")
      .file("/proc/modules",
            "nvidia_uvm 1540096 4 - Live 0x0000000000000000 (POE)\n"
            "nvidia 56713216 2 nvidia_uvm, Live 0x0000000000000000 (POE)\n"
            "ext4 1 1 - Live 0x0\n")
      .file("/proc/sys/kernel/osrelease", "6.1.0-18-amd64\n")
      .file("/lib/modules/6.1.0-18-amd64/modules.dep",
            "kernel/fs/ext4/ext4.ko: kernel/lib/crc16.ko\n"
            "updates/dkms/nvidia-current-uvm.ko: updates/dkms/nvidia-current.ko\n"
            "updates/dkms/nvidia-current.ko:\n")
      .file("/lib/modules/6.1.0-18-amd64/updates/dkms/nvidia-current.ko",
            kernel_module(std::string("license=NVIDIA\0srcversion=ABC\0version=535.161.08\0", 50)));
  return root;
}

}  // namespace

TEST_CASE("the version text of every vintage of the driver is read") {
  CHECK(nvrm("NVRM version: NVIDIA UNIX x86 Kernel Module  169.12  Thu Feb 14 17:53:07 PST 2008\n") ==
        "169.12 proprietary");
  CHECK(nvrm("NVRM version: NVIDIA UNIX x86_64 Kernel Module  384.81  Wed Aug 17 22:24:07 PDT 2016\n"
             "GCC version:  gcc version 4.8.5 20150623 (Red Hat 4.8.5-4) (GCC)\n") == "384.81 proprietary");
  CHECK(nvrm("NVRM version: NVIDIA UNIX aarch64 Kernel Module  550.120  Fri Sep 13 11:01:10 UTC 2024") ==
        "550.120 proprietary");
  CHECK(
      nvrm(
          "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  555.42.06  Release Build  (abuild@host)  "
          "Thu Jul 11 12:00:00 UTC 2024\nGCC version:  gcc version 7.5.0 (SUSE Linux) \n") ==
      "555.42.06 open");
  CHECK(nvrm("NVRM version: NVIDIA UNIX Open Kernel Module for aarch64  580.173.02  Release Build  "
             "(dvs-builder@U22-A24-5-4)  Tue Jun 23 08:34:19 UTC 2026\n") == "580.173.02 open");
}

TEST_CASE("texts without a version give none") {
  CHECK(nvrm("") == "none");
  CHECK(nvrm("GCC version:  gcc version 13.3.0\n") == "none");
  CHECK(nvrm("NVRM version: NVIDIA UNIX Open Kernel Module for x86_64 malformed\n") == "none");
  CHECK(nvrm("NVRM version: NVIDIA UNIX x86_64 Kernel Module  Sat Aug 19 2023\n") == "none");
  CHECK(nvrm("NVRM version: \xff\xfe\n") == "none");
}

TEST_CASE("loaded modules, their version, flavour and parameters are told") {
  const auto document = run_probe("kernel-modules", loaded());
  CHECK(host_state(document, "driver.module_version") == "535.104.05");
  CHECK(host_state(document, "driver.module_flavour") == "proprietary");
  CHECK(host_state(document, "driver.modules") == "nvidia, nvidia_uvm");
  CHECK(document.host().map("driver.module_parameters")->at("EnableMSI") == facts::Value("1"));
  CHECK(host_state(document, "driver.installed_module_version") == "535.161.08");
  CHECK(host_state(document, "driver.uvm_parameters") == "uvm_disable_hmm=N");
}

TEST_CASE("sysfs tells the version where procfs doesn't, but not the flavour") {
  MemoryTree root;
  root.file("/sys/module/nvidia/version", "550.54.15\n");
  const auto document = run_probe("kernel-modules", root);
  CHECK(host_state(document, "driver.module_version") == "550.54.15");
  CHECK(host_state(document, "driver.module_flavour") == "not observable");
}

TEST_CASE("without the module its facts are absent; unreadable is unknown") {
  MemoryTree root;
  root.file("/proc/modules", "ext4 1 1 - Live 0x0\n").file("/proc/sys/kernel/osrelease", "6.1.0\n");
  auto document = run_probe("kernel-modules", root);
  CHECK(host_state(document, "driver.module_version") == "absent");
  CHECK(host_state(document, "driver.module_flavour") == "absent");
  CHECK(host_state(document, "driver.modules").empty());
  CHECK(host_state(document, "driver.module_parameters") == "absent");
  CHECK(host_state(document, "driver.installed_module_version") == "absent");

  for (const auto* path : {"/proc/driver/nvidia/version", "/proc/modules", "/proc/sys/kernel/osrelease"}) {
    root.fail(path, {ErrorKind::not_permitted, "permission denied"});
  }
  document = run_probe("kernel-modules", root);
  CHECK(host_state(document, "driver.module_version") == "unreadable");
  CHECK(host_state(document, "driver.modules") == "unreadable");
  CHECK(host_state(document, "driver.installed_module_version") == "unreadable");
}

TEST_CASE("a version text or a module of garbage is unknown") {
  auto root = loaded();
  const std::string module = "/lib/modules/6.1.0-18-amd64/updates/dkms/nvidia-current.ko";
  root.file("/proc/driver/nvidia/version", std::string(1000, '\xff'));
  const auto state = [&](const std::string& content) {
    root.file(module, content);
    return host_state(run_probe("kernel-modules", root), "driver.installed_module_version");
  };
  CHECK(host_state(run_probe("kernel-modules", root), "driver.module_version") == "unreadable");
  CHECK(state("no ELF file") == "unreadable");
  CHECK(state(kernel_module("license=NVIDIA")) == "unreadable");
  CHECK(state(kernel_module("version=next")) == "unreadable");
  CHECK(state(loaded().read(module).value().substr(0, 90)) == "unreadable");
  root.fifo(module);
  CHECK(host_state(run_probe("kernel-modules", root), "driver.installed_module_version") == "unreadable");
}

TEST_CASE("the installed module is found by modules.dep, a compressed one is unknown") {
  CHECK(find_nvidia_module("kernel/nvidia-580-open/nvidia-drm.ko:\nkernel/nvidia-580-open/nvidia.ko:\n") ==
        "kernel/nvidia-580-open/nvidia.ko");
  CHECK(find_nvidia_module("extra/nvidia.ko.xz:\nupdates/dkms/nvidia.ko.zst:\n") ==
        "updates/dkms/nvidia.ko.zst");
  CHECK(find_nvidia_module("kernel/drivers/video/nvidiafb.ko:\nkernel/nvidia-uvm.ko: kernel/nvidia.ko\n") ==
        std::nullopt);
  CHECK(find_nvidia_module("") == std::nullopt);

  auto root = loaded();
  root.file("/lib/modules/6.1.0-18-amd64/modules.dep", "updates/dkms/nvidia.ko.zst:\n");
  CHECK(host_state(run_probe("kernel-modules", root), "driver.installed_module_version") == "unreadable");
}

TEST_CASE("a signed module bears the kernel's mark at its very end") {
  constexpr const char* kMark = "~Module signature appended~\n";
  auto root = loaded();
  const std::string module = "/lib/modules/6.1.0-18-amd64/updates/dkms/nvidia-current.ko";
  const auto plain = kernel_module(std::string("version=535.161.08\0", 19));
  const auto is_signed = [&](const std::string& content) {
    root.file(module, content);
    return host_state(run_probe("kernel-modules", root), "driver.installed_module_signed");
  };
  CHECK(is_signed(plain) == "false");
  CHECK(is_signed(plain + "signature" + kMark) == "true");
  CHECK(host_state(run_probe("kernel-modules", root), "driver.installed_module_version") == "535.161.08");
  CHECK(is_signed(plain + kMark + "x") == "false");
  CHECK(is_signed(plain + std::string(kMark).substr(1)) == "false");
  CHECK(is_signed("") == "false");
  CHECK(is_signed("short") == "false");
  SECTION("no module") {
    root.file("/lib/modules/6.1.0-18-amd64/modules.dep", "");
    CHECK(host_state(run_probe("kernel-modules", root), "driver.installed_module_signed") == "absent");
  }
  SECTION("a compressed one") {
    root.file("/lib/modules/6.1.0-18-amd64/modules.dep", "updates/dkms/nvidia.ko.zst:\n");
    CHECK(host_state(run_probe("kernel-modules", root), "driver.installed_module_signed") == "unreadable");
  }
  SECTION("a FIFO") {
    root.fifo(module);
    CHECK(host_state(run_probe("kernel-modules", root), "driver.installed_module_signed") == "unreadable");
  }
}
