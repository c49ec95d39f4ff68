#include "doubles/loader_cache_image.hpp"

#include <cstdint>

namespace preflight::test {

namespace {

std::string u32(std::size_t value) {
  std::string bytes;
  for (unsigned place = 0; place < 4; ++place) bytes += static_cast<char>(value >> 8 * place & 0xffU);
  return bytes;
}

}  // namespace

std::string loader_cache_image(const std::vector<std::pair<std::string, std::string>>& libraries,
                               CacheFormat format) {
  std::string strings;
  std::string entries;
  const std::size_t strings_at = 48 + 24 * libraries.size();
  for (const auto& [name, path] : libraries) {
    const std::size_t name_at = strings_at + strings.size();
    strings += name + '\0';
    const std::size_t path_at = strings_at + strings.size();
    strings += path + '\0';
    entries += u32(0x0303) + u32(name_at) + u32(path_at) + u32(0) + std::string(8, '\0');
  }
  std::string cache;
  if (format == CacheFormat::embedded) {
    cache = std::string("ld.so-1.7.0") + '\0' + u32(1) + std::string(12, '\0');
    cache.resize((cache.size() + 7) / 8 * 8);
  }
  cache += "glibc-ld.so.cache1.1" + u32(libraries.size()) + u32(strings.size()) + '\2';
  cache += std::string(19, '\0') + entries + strings;
  return cache;
}

}  // namespace preflight::test
