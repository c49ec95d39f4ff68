// Loader caches made in memory.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace preflight::test {

enum class CacheFormat { plain, embedded };

// An ld.so.cache of these SONAMEs and paths, for x86-64.
std::string loader_cache_image(const std::vector<std::pair<std::string, std::string>>& libraries,
                               CacheFormat format = CacheFormat::plain);

}  // namespace preflight::test
