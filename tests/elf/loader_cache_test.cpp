#include "elf/loader_cache.hpp"

#include "catch.hpp"
#include "doubles/loader_cache_image.hpp"

using preflight::ErrorKind;
using preflight::elf::CachedLibrary;
using preflight::elf::parse_loader_cache;
using preflight::test::CacheFormat;
using preflight::test::loader_cache_image;

TEST_CASE("entries keep their order, in the newer format alone or embedded") {
  const auto format = GENERATE(CacheFormat::plain, CacheFormat::embedded);
  const auto cache =
      loader_cache_image({{"libz.so.1", "/lib/libz.so.1"}, {"liba.so", "/lib/liba.so"}}, format);
  const auto libraries = parse_loader_cache(cache);
  REQUIRE(libraries);
  CHECK(*libraries == std::vector<CachedLibrary>{{"libz.so.1", "/lib/libz.so.1", 0x303, 0},
                                                 {"liba.so", "/lib/liba.so", 0x303, 0}});
}

TEST_CASE("an empty cache has no entries") {
  const auto libraries = parse_loader_cache(loader_cache_image({}));
  REQUIRE(libraries);
  CHECK(libraries->empty());
}

TEST_CASE("other files and the format before glibc 2.2 are refused") {
  CHECK(parse_loader_cache("").error().kind == ErrorKind::malformed);
  CHECK(parse_loader_cache("include /etc/ld.so.conf.d/*.conf\n").error().kind == ErrorKind::malformed);
  CHECK(parse_loader_cache("ld.so-1.7.0" + std::string(40, '\0')).error().kind == ErrorKind::unsupported);
}

TEST_CASE("truncated and damaged caches are refused or read, never more") {
  const auto cache = loader_cache_image({{"libz.so.1", "/lib/libz.so.1"}}, CacheFormat::embedded);
  for (std::size_t size = 0; size < cache.size(); ++size) {
    CHECK_FALSE(parse_loader_cache(cache.substr(0, size)));
  }
  for (std::size_t at = 0; at < cache.size(); ++at) {
    std::string damaged = cache;
    damaged[at] = '\xff';
    (void)parse_loader_cache(damaged);
  }
}
