// What the dynamic loader of glibc takes from its surroundings: ld.so(8).
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "elf/file.hpp"
#include "target/file_tree.hpp"

namespace preflight::loader {

inline constexpr std::string_view kCachePath = "/etc/ld.so.cache";
inline constexpr std::string_view kPreloadPath = "/etc/ld.so.preload";
inline constexpr std::string_view kProcessorPath = "/proc/cpuinfo";

// The directory, in every searched one, that holds the folders for better processors.
inline constexpr std::string_view kHardwareFolder = "glibc-hwcaps";

// The variables that the loader reads, as they stand; empty when not set.
struct Variables {
  std::string preload;       // LD_PRELOAD
  std::string library_path;  // LD_LIBRARY_PATH
};

struct Settings {
  std::vector<std::string> preload;       // LD_PRELOAD's names and paths
  std::vector<std::string> file_preload;  // those of /etc/ld.so.preload, which follow
  std::vector<std::string> library_path;  // items of LD_LIBRARY_PATH; an empty one is the working directory
  std::map<std::string, std::string, std::less<>> cache;  // of ld.so.cache: SONAME to the path that it gives
  std::vector<std::string> default_directories;           // those that the loader was built with, in order
  std::vector<std::string>
      hardware_folders;  // folders of every directory that come before it: "glibc-hwcaps/x86-64-v3"
  std::string lib;       // what $LIB stands for: "lib/x86_64-linux-gnu", "lib64"
  std::string platform;  // what $PLATFORM stands for
  std::string working_directory = "/";
  elf::Machine machine = elf::Machine::x86_64;  // of the program; files of other ones are passed over
};

// For programs of this machine whose interpreter (PT_INTERP) is `loader_path`. A cache that isn't there or
// can't be used serves nothing, as for the loader itself; `problems` says what couldn't be read.
Settings read_settings(const target::FileTree& files, const Variables& variables, elf::Machine machine,
                       std::string_view loader_path, std::vector<std::string>& problems);

// The loader of 64-bit programs that a system has, by the paths that the psABIs give to it; x86-64's when it
// has none.
struct SystemLoader {
  elf::Machine machine = elf::Machine::x86_64;
  std::string_view path;
};
SystemLoader find_system_loader(const target::FileTree& files);

// What $PLATFORM stands for: the kernel's word for the machine, but glibc since 2.26 puts names of its own in
// its place on Intel's processors (sysdeps/x86/cpu-features.c). A loader that does so has them among its
// texts, its section .rodata. Without a description of the processor, the kernel's word.
std::string platform_of(elf::Machine machine, std::string_view loader_texts, std::string_view cpuinfo);

// Folders for the processor that /proc/cpuinfo describes, best first (x86-64 psABI, "micro-architecture
// levels"). Without a description, as at rest: those of a processor of any current GPU server, up to v3.
std::vector<std::string> hardware_folders_of(elf::Machine machine, std::string_view cpuinfo);

}  // namespace preflight::loader
