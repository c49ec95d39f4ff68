#include "catch.hpp"
#include "probe/kernel_options.hpp"
#include "probe/number_list.hpp"
#include "run_probe.hpp"

using namespace preflight;
using probe::count_of_number_list;
using probe::numbers_of_list;
using probe::parse_gpu_kernel_options;
using test::host_state;
using test::MemoryTree;
using test::run_probe;

TEST_CASE("options that concern GPUs are taken from the kernel's command line") {
  const auto options = parse_gpu_kernel_options(
      "BOOT_IMAGE=/vmlinuz root=UUID=1 password=secret intel_iommu=on iommu=pt pci=realloc=off nomodeset "
      "nvidia-drm.modeset=1 nouveau.modeset=0 nvidia.NVreg_X=\"a b\" iommu=nopt nokaslr -- nvidia.after=1\n");
  CHECK(options == std::map<std::string, std::string, std::less<>>{{"intel_iommu", "on"},
                                                                   {"iommu", "pt nopt"},
                                                                   {"pci", "realloc=off"},
                                                                   {"nomodeset", ""},
                                                                   {"nokaslr", ""},
                                                                   {"nvidia_drm.modeset", "1"},
                                                                   {"nouveau.modeset", "0"},
                                                                   {"nvidia.NVreg_X", "a b"}});
}

TEST_CASE("hostile command lines are read within bounds") {
  CHECK(parse_gpu_kernel_options("").empty());
  CHECK(parse_gpu_kernel_options("\"\"\"").empty());
  CHECK(parse_gpu_kernel_options("= == =iommu").empty());
  std::string many;
  for (int at = 0; at < 10'000; ++at) many += "nvidia" + std::to_string(at) + "=1 ";
  CHECK(parse_gpu_kernel_options(many).size() == 1000);
  CHECK(parse_gpu_kernel_options(std::string("iommu=\0\xff", 8)).at("iommu").size() == 2);
}

TEST_CASE("the kernel is told from /proc") {
  MemoryTree files;
  files.file("/proc/sys/kernel/osrelease", "6.1.0-18-amd64\n").file("/proc/cmdline", "quiet iommu=pt\n");
  const auto document = run_probe("kernel", files);
  CHECK(host_state(document, "kernel.release") == "6.1.0-18-amd64");
  CHECK(host_state(document, "kernel.version") == "6.1.0");
  CHECK(host_state(document, "kernel.options") == "iommu=pt");

  CHECK(host_state(document, "kernel.headers") == "not observable");
  CHECK(host_state(document, "kernel.bpf_jit_harden") == "absent");
  files.file("/lib/modules/6.1.0-18-amd64/modules.dep", "")
      .file("/proc/sys/net/core/bpf_jit_harden", "2\n")
      .file("/sys/power/suspend_stats/success", "3\n");
  const auto more = run_probe("kernel", files);
  CHECK(host_state(more, "kernel.headers") == "absent");
  CHECK(host_state(more, "kernel.bpf_jit_harden") == "2");
  CHECK(host_state(more, "kernel.suspends") == "3");
  files.link("/lib/modules/6.1.0-18-amd64/build", "/usr/src/linux-headers-6.1.0-18-amd64");
  CHECK(host_state(run_probe("kernel", files), "kernel.headers") == "absent");
  files.directory("/usr/src/linux-headers-6.1.0-18-amd64");
  CHECK(host_state(run_probe("kernel", files), "kernel.headers") == "/usr/src/linux-headers-6.1.0-18-amd64");

  MemoryTree broken;
  broken.fail("/proc/sys/kernel/osrelease", {ErrorKind::io, "input/output error"});
  const auto unreadable = run_probe("kernel", broken);
  CHECK(host_state(unreadable, "kernel.release") == "unreadable");
  CHECK(host_state(unreadable, "kernel.version") == "unreadable");
  CHECK(host_state(unreadable, "kernel.options") == "absent");

  MemoryTree odd;
  odd.file("/proc/sys/kernel/osrelease", "next-generation");
  CHECK(host_state(run_probe("kernel", odd), "kernel.version") == "unreadable");
}

TEST_CASE("kernel lists of numbers are counted") {
  CHECK(count_of_number_list("0") == 1);
  CHECK(count_of_number_list("0-3,8") == 5);
  CHECK(count_of_number_list("0-1,4-5") == 4);
  for (const auto* text : {"", ",", "a", "3-1", "-1", "0-", "0-99999999999999999999", "0-9999999", "1,,2"}) {
    CHECK(!count_of_number_list(text));
  }
}

TEST_CASE("memory and NUMA nodes are counted") {
  MemoryTree files;
  files.file("/proc/meminfo", "MemTotal:       16307912 kB\nMemFree:        1 kB\n");
  files.file("/sys/devices/system/node/online", "0-1\n");
  const auto document = run_probe("memory", files);
  CHECK(host_state(document, "memory.total") == std::to_string(16307912LL * 1024));
  CHECK(host_state(document, "numa.nodes") == "2");

  MemoryTree odd;
  odd.file("/proc/meminfo", "MemTotal: 99999999999999999 kB\n");
  const auto other = run_probe("memory", odd);
  CHECK(host_state(other, "memory.total") == "unreadable");
  CHECK(host_state(other, "numa.nodes") == "not observable");
  odd.directory("/sys/class");
  CHECK(host_state(run_probe("memory", odd), "numa.nodes") == "absent");
}

TEST_CASE("the architecture is that of the target's own programs") {
  const auto elf = [](char wide, char order, char low, char high) {
    std::string head(20, '\0');
    head.replace(0, 4,
                 "\x7f"
                 "ELF");
    head[4] = wide;
    head[5] = order;
    head[18] = low;
    head[19] = high;
    return head;
  };
  MemoryTree files;
  SECTION("x86_64, through links") {
    files.link("/bin", "usr/bin").link("/usr/bin/sh", "dash").file("/usr/bin/dash", elf(2, 1, 62, 0));
    CHECK(host_state(run_probe("architecture", files), "cpu.architecture") == "x86_64");
  }
  SECTION("aarch64") {
    files.file("/bin/sh", elf(2, 1, static_cast<char>(183), 0));
    CHECK(host_state(run_probe("architecture", files), "cpu.architecture") == "aarch64");
  }
  SECTION("big-endian") {
    files.file("/bin/sh", elf(2, 2, 0, 22));
    CHECK(host_state(run_probe("architecture", files), "cpu.architecture") == "s390x");
  }
  SECTION("a script, a truncated file, then a program") {
    files.file("/bin/sh", "#!/bin/false\n")
        .file("/usr/bin/env",
              "\x7f"
              "ELF")
        .file("/sbin/init", elf(2, 1, 62, 0));
    CHECK(host_state(run_probe("architecture", files), "cpu.architecture") == "x86_64");
  }
  SECTION("nothing to tell") {
    CHECK(host_state(run_probe("architecture", files), "cpu.architecture") == "not observable");
  }
  SECTION("unreadable") {
    files.fail("/bin/sh", {ErrorKind::not_permitted, "permission denied"});
    CHECK(host_state(run_probe("architecture", files), "cpu.architecture") == "unreadable");
  }
}

TEST_CASE("the numbers of a list") {
  using Numbers = std::set<std::int64_t>;
  CHECK(numbers_of_list("0-2,8") == Numbers{0, 1, 2, 8});
  CHECK(numbers_of_list("3,1,1-2") == Numbers{1, 2, 3});
  CHECK(numbers_of_list("") == Numbers{});
  for (const auto* text : {"x", "1,", "-1", "2-1", "0-99999999999", "0-999999,0-999999"}) {
    INFO(text);
    CHECK(!numbers_of_list(text));
  }
}

TEST_CASE("NUMA nodes that have memory and no CPU") {
  MemoryTree files;
  const auto nodes = [&] { return host_state(run_probe("memory", files), "numa.nodes_without_cpus"); };
  const auto set = [&](const std::string& with_memory, const std::string& with_cpu) {
    files.file("/sys/devices/system/node/has_memory", with_memory);
    files.file("/sys/devices/system/node/has_cpu", with_cpu);
  };
  CHECK(nodes() == "not observable");
  files.directory("/sys/class");
  CHECK(nodes() == "absent");
  set("0-1\n", "0-1\n");
  CHECK(nodes() == "");
  set("0-3,8\n", "0-1\n");
  CHECK(nodes() == "2, 3, 8");
  set("0\n", "0-1\n");
  CHECK(nodes() == "");
  set("0-1\n", "\n");
  CHECK(nodes() == "0, 1");
  set("garbage\n", "0\n");
  CHECK(nodes() == "unreadable");
  set("0-1\n", "\xff\n");
  CHECK(nodes() == "unreadable");
  set("0-999998\n", "0-999998\n");
  CHECK(nodes() == "");
  files.fail("/sys/devices/system/node/has_cpu", {ErrorKind::not_permitted, "permission denied"});
  CHECK(nodes() == "unreadable");
}
