#include "facts/registry/areas.hpp"

namespace preflight::facts {

namespace {

constexpr Declaration kSystemFacts[] = {
    {"os.id", kString, "ID of os-release: debian, ubuntu, rhel, ..."},
    {"os.version", kString, "VERSION_ID of os-release"},
    {"os.name", kString, "PRETTY_NAME of os-release"},
    {"os.l4t", kVersion, "Release of Jetson Linux (L4T): 36.4.3; absent on other systems"},
    {"os.glibc", kVersion, "glibc that this release of the distribution ships, from the table",
     Weight::ordinary, Origin::derived},
    {"os.glibcxx", kVersion, "Highest GLIBCXX symbol version of the libstdc++ that it ships, from the table",
     Weight::ordinary, Origin::derived},
    {"os.cxxabi", kVersion, "Highest CXXABI symbol version of the same", Weight::ordinary, Origin::derived},
    {"kernel.release", kString, "Release of the running kernel, as uname -r prints it"},
    {"kernel.version", kVersion, "The dotted numbers that the kernel release begins with"},
    {"kernel.headers", kString,
     "Directory against which modules for the running kernel are built; absent when its headers aren't "
     "installed"},
    {"kernel.bpf_jit_harden", kInteger,
     "net.core.bpf_jit_harden: 0 off, 1 for unprivileged users, 2 for all (only root may read it)"},
    {"kernel.suspends", kInteger, "How often the machine was suspended and resumed since it was started"},
    {"kernel.options", kStringMap,
     "Options on the kernel's command line that concern GPUs (iommu, pci, nouveau, nvidia)"},
    {"cpu.architecture", kString, "Machine architecture of the user space: x86_64, aarch64, ppc64le, ..."},
    {"libc.kind", kString, "C library: glibc or musl"},
    {"libc.version", kVersion, "Version of the C library, from the library file itself"},
    {"libstdcxx.path", kString, "The libstdc++.so.6 that the dynamic loader's default search finds"},
    {"libstdcxx.glibcxx", kVersion, "Highest GLIBCXX symbol version that libstdc++ defines"},
    {"libstdcxx.cxxabi", kVersion, "Highest CXXABI symbol version that libstdc++ defines"},
    {"memory.total", kBytes, "Physical memory of the machine"},
    {"numa.nodes", kInteger, "Number of NUMA nodes"},
    {"numa.nodes_without_cpus", kIntegers, "NUMA nodes that have memory and no CPU"},
    {"wsl.version", kInteger, "Version of the Windows Subsystem for Linux; absent outside it"},
};

}  // namespace

std::span<const Declaration> system_facts() {
  return kSystemFacts;
}

}  // namespace preflight::facts
