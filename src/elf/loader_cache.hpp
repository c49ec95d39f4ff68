// /etc/ld.so.cache, which ldconfig writes for the dynamic loader.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "support/result.hpp"

namespace preflight::elf {

struct CachedLibrary {
  std::string name;         // SONAME: libcuda.so.1
  std::string path;         // /lib/x86_64-linux-gnu/libcuda.so.1
  std::uint32_t flags = 0;  // of glibc: what C library and machine it is for
  std::uint64_t hwcap = 0;  // not 0: only for processors with these features
  friend bool operator==(const CachedLibrary&, const CachedLibrary&) = default;
};

// The entries in the order of the file, which is the order in which `ldconfig -p` prints them and the loader
// prefers them. Reads glibc's format "glibc-ld.so.cache1.1", alone or embedded behind the older
// "ld.so-1.7.0". Errors: malformed; unsupported for a file that has only the older format.
Result<std::vector<CachedLibrary>> parse_loader_cache(std::string_view bytes);

}  // namespace preflight::elf
