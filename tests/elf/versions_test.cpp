#include "elf/versions.hpp"

#include "catch.hpp"
#include "elf/opened.hpp"
#include "elf/symbol_image.hpp"

using preflight::ErrorKind;
using preflight::test::Opened;
using preflight::test::SymbolImage;
namespace elf = preflight::elf;

namespace {

constexpr std::uint16_t kWeak = 2;

SymbolImage sample_of_versions() {
  return {.symbols = {{.name = "f"}},
          .definitions = {{"libsample.so.1", 1, 1}, {"V1", 2}, {"V2", 3}},
          .needs = {{"libc.so.6", "GLIBC_2.2.5", 4}, {"libc.so.6", "GLIBC_2.38", 0x8005, kWeak}}};
}

}  // namespace

TEST_CASE("versions are listed, numbered, and told weak") {
  auto image = sample_of_versions();
  image.layout.order = GENERATE(elf::ByteOrder::little, elf::ByteOrder::big);
  const Opened file(image.bytes());
  const auto dynamic = elf::read_dynamic(*file);
  REQUIRE(dynamic);
  CHECK(*elf::defined_versions(*file, *dynamic) == std::vector<std::string>{"libsample.so.1", "V1", "V2"});
  CHECK(*elf::needed_versions(*file, *dynamic) ==
        std::vector<elf::NeededVersion>{{"libc.so.6", "GLIBC_2.2.5", false},
                                        {"libc.so.6", "GLIBC_2.38", true}});
  const auto numbered = elf::numbered_versions(*file, *dynamic);
  REQUIRE(numbered);
  REQUIRE(numbered->size() == 6);
  CHECK((*numbered)[1].name.empty());
  CHECK((*numbered)[3].name == "V2");
  CHECK((*numbered)[4].library == "libc.so.6");
  CHECK_FALSE((*numbered)[4].hidden);
  CHECK((*numbered)[5].name == "GLIBC_2.38");
  CHECK((*numbered)[5].hidden);
}

TEST_CASE("a version is missing when the library defines others") {
  const std::vector<elf::NeededVersion> needs = {{"libc.so.6", "GLIBC_2.2.5"},
                                                 {"libc.so.6", "GLIBC_2.38"},
                                                 {"libc.so.6", "GLIBC_9", true},
                                                 {"libm.so.6", "X"}};
  CHECK(elf::missing_versions(needs, "libc.so.6", {"libc.so.6", "GLIBC_2.2.5"}) ==
        std::vector<std::string>{"GLIBC_2.38"});
  CHECK(elf::missing_versions(needs, "libc.so.6", {"GLIBC_2.2.5", "GLIBC_2.38"}).empty());
  CHECK(elf::missing_versions(needs, "libc.so.6", {}).empty());
  CHECK(elf::missing_versions(needs, "libz.so.1", {"ZLIB_1.2"}).empty());
}

TEST_CASE("chains of versions that lead astray or never end are refused") {
  auto built = sample_of_versions().build();
  SECTION("definitions") {
    built.bytes.replace(built.places["definitions"] + 16, 4, "\xff\xff\xff\xff");
    const Opened file(built.bytes);
    CHECK(elf::defined_versions(*file, *elf::read_dynamic(*file)).error().kind == ErrorKind::malformed);
  }
  SECTION("needs") {
    built.bytes.replace(built.places["needs"] + 16 + 12, 4, "\xff\xff\xff\xff");
    const Opened file(built.bytes);
    CHECK(elf::needed_versions(*file, *elf::read_dynamic(*file)).error().kind == ErrorKind::malformed);
  }
  SECTION("more than there can be") {
    SymbolImage image = sample_of_versions();
    for (int index = 0; index < 9000; ++index) image.definitions.push_back({"V", 3});
    const Opened file(image.bytes());
    CHECK(elf::defined_versions(*file, *elf::read_dynamic(*file)).error().kind == ErrorKind::too_large);
  }
}
