// Look-ups by the rules of glibc's do_lookup_x() and check_match().
#include "elf/symbol_table.hpp"

#include "catch.hpp"
#include "elf/opened.hpp"
#include "elf/symbol_image.hpp"

using preflight::ErrorKind;
using preflight::test::Opened;
using preflight::test::SymbolImage;
namespace elf = preflight::elf;

namespace {

constexpr std::uint16_t kHidden = 0x8000;

using Numbers = std::vector<std::uint8_t>;

elf::SymbolTable open_table(const Opened& file) {
  const auto dynamic = elf::read_dynamic(*file);
  REQUIRE(dynamic);
  auto table = elf::SymbolTable::open(*file, *dynamic);
  REQUIRE(table);
  return std::move(*table);
}

elf::WantedSymbol wanted(std::string_view name, std::string_view version = "", bool hidden = false) {
  elf::WantedSymbol symbol(name);
  symbol.version = version;
  symbol.version_is_hidden = hidden;
  return symbol;
}

// The value of the definition that is taken; 0 for none.
std::uint64_t taken(const SymbolImage& image, const elf::WantedSymbol& symbol) {
  const Opened file(image.bytes());
  const auto found = open_table(file).find(symbol);
  REQUIRE(found);
  return *found ? (*found)->value : 0;
}

bool offers(const SymbolImage& image, const elf::WantedSymbol& symbol) {
  return taken(image, symbol) != 0;
}

SymbolImage library(std::vector<SymbolImage::Symbol> symbols) {
  return {.symbols = std::move(symbols),
          .definitions = {{"libsample.so.1", 1, 1}, {"V1", 2}, {"V2", 3}, {"V3", 4}}};
}

}  // namespace

TEST_CASE("names have the hashes of their specifications") {
  CHECK(elf::gnu_hash("") == 5381);
  CHECK(elf::gnu_hash("printf") == 0x156b2bb8);
  CHECK(elf::gnu_hash("syscall") == 0xbac212a0);
  CHECK(elf::sysv_hash("") == 0);
  CHECK(elf::sysv_hash("printf") == 0x077905a6);
  CHECK(elf::sysv_hash("GLIBC_ABI_DT_RELR") == 0xfd0e42);
}

TEST_CASE("symbols are found through both hash tables, in both classes and byte orders") {
  SymbolImage image = library({{.name = "missing", .version = 0, .section = 0}});
  for (int index = 1; index <= 40; ++index) {
    image.symbols.push_back(
        {.name = "symbol" + std::to_string(index), .value = 0x1000U + static_cast<std::uint64_t>(index)});
  }
  image.layout.width = GENERATE(elf::Width::bits32, elf::Width::bits64);
  image.layout.order = GENERATE(elf::ByteOrder::little, elf::ByteOrder::big);
  image.hash = GENERATE(SymbolImage::Hash::gnu, SymbolImage::Hash::sysv);
  image.buckets = GENERATE(1U, 7U);
  const Opened file(image.bytes());
  const auto table = open_table(file);
  for (int index = 1; index <= 40; ++index) {
    const auto found = table.find(elf::WantedSymbol("symbol" + std::to_string(index)));
    REQUIRE(found);
    REQUIRE(*found);
    CHECK((*found)->value == 0x1000U + static_cast<std::uint64_t>(index));
    CHECK((*found)->size == 8);
  }
  CHECK_FALSE(*table.find(elf::WantedSymbol("missing")));
  CHECK_FALSE(*table.find(elf::WantedSymbol("symbol")));
  CHECK_FALSE(*table.find(elf::WantedSymbol("symbol41")));
  CHECK(elf::find_symbol(*file, "symbol7")->value == 0x1007);
  CHECK(elf::find_symbol(*file, "symbol41").error().kind == ErrorKind::not_found);
}

TEST_CASE("names longer than a piece of the table are compared to the end") {
  const std::string name(3 * 256 - 1, 'n');
  CHECK(offers(library({{.name = name}}), wanted(name)));
  CHECK(offers(library({{.name = name + 'x'}}), wanted(name + 'x')));
  CHECK_FALSE(offers(library({{.name = name + 'x'}}), wanted(name)));
}

TEST_CASE("a file without hash tables offers nothing") {
  SymbolImage image = library({{.name = "f"}});
  image.hash = SymbolImage::Hash::none;
  CHECK_FALSE(offers(image, wanted("f")));
}

TEST_CASE("only definitions of code and data that others may see are offered") {
  CHECK(offers(library({{.name = "f"}}), wanted("f")));
  CHECK_FALSE(offers(library({{.name = "f", .section = 0}}), wanted("f")));
  CHECK_FALSE(offers(library({{.name = "f", .value = 0}}), wanted("f")));
  for (const auto type : Numbers{0, 1, 2, 5, 6, 10})
    CHECK(offers(library({{.name = "f", .type = type}}), wanted("f")));
  for (const auto type : Numbers{3, 4, 7})
    CHECK_FALSE(offers(library({{.name = "f", .type = type}}), wanted("f")));
  for (const auto binding : Numbers{1, 2, 10}) {
    CHECK(offers(library({{.name = "f", .binding = binding}}), wanted("f")));
  }
  for (const auto binding : Numbers{0, 3, 13}) {
    CHECK_FALSE(offers(library({{.name = "f", .binding = binding}}), wanted("f")));
  }
  for (const auto visibility : Numbers{0, 3}) {
    CHECK(offers(library({{.name = "f", .visibility = visibility}}), wanted("f")));
  }
  for (const auto visibility : Numbers{1, 2}) {
    CHECK_FALSE(offers(library({{.name = "f", .visibility = visibility}}), wanted("f")));
  }
}

TEST_CASE("absolute and thread-local symbols may have the value 0") {
  const auto found = [](const SymbolImage& image) {
    const Opened file(image.bytes());
    return open_table(file).find(wanted("f"))->has_value();
  };
  CHECK(found(library({{.name = "f", .value = 0, .section = 0xfff1, .type = 1}})));
  CHECK(found(library({{.name = "f", .value = 0, .type = 6}})));
}

TEST_CASE("what has no versions serves every version") {
  const SymbolImage image{.symbols = {{.name = "f"}}};
  CHECK(offers(image, wanted("f")));
  CHECK(offers(image, wanted("f", "V9")));
  CHECK(offers(image, wanted("f", "V9", true)));
}

TEST_CASE("a version that is asked for is the one that is taken") {
  const auto image = library({{.name = "f", .version = 2 | kHidden, .value = 0x10},
                              {.name = "f", .version = 3 | kHidden, .value = 0x20},
                              {.name = "f", .version = 4, .value = 0x30}});
  CHECK(taken(image, wanted("f", "V1")) == 0x10);
  CHECK(taken(image, wanted("f", "V2")) == 0x20);
  CHECK(taken(image, wanted("f", "V3")) == 0x30);
  CHECK(taken(image, wanted("f", "V4")) == 0);
  // The base version bears the library's name, but is no version to ask for.
  CHECK(taken(library({{.name = "f", .version = 1 | kHidden}}), wanted("f", "libsample.so.1")) == 0);
}

TEST_CASE("an unversioned symbol serves who asks for a version, unless no other will do") {
  for (const auto number : Numbers{0, 1}) {
    const auto image = library({{.name = "f", .version = number}, {.name = "g", .version = 2}});
    CHECK(offers(image, wanted("f", "V1")));
    CHECK(offers(image, wanted("f", "V9")));
    CHECK_FALSE(offers(image, wanted("f", "V9", true)));
  }
  CHECK_FALSE(offers(library({{.name = "f", .version = 1 | kHidden}}), wanted("f", "V1")));
  // Nothing tells which of two is meant.
  CHECK_FALSE(offers(library({{.name = "f", .version = 1}, {.name = "f", .version = 1}}), wanted("f", "V1")));
}

TEST_CASE("without a version the oldest is taken, or the only one that isn't hidden") {
  CHECK(
      taken(library({{.name = "f", .version = 4, .value = 0x30}, {.name = "f", .version = 2, .value = 0x10}}),
            wanted("f")) == 0x10);
  CHECK(offers(library({{.name = "f", .version = 2 | kHidden}}), wanted("f")));
  CHECK(offers(library({{.name = "f", .version = 3}}), wanted("f")));
  CHECK_FALSE(offers(library({{.name = "f", .version = 3 | kHidden}}), wanted("f")));
  CHECK(taken(library({{.name = "f", .version = 3 | kHidden, .value = 0x20},
                       {.name = "f", .version = 4, .value = 0x30}}),
              wanted("f")) == 0x30);
  CHECK_FALSE(offers(library({{.name = "f", .version = 3}, {.name = "f", .version = 4}}), wanted("f")));
}

TEST_CASE("a program's copy of a variable has the version under which it is needed") {
  const SymbolImage image{.type = 2,
                          .symbols = {{.name = "stdout", .version = 5, .type = 1}},
                          .needs = {{"libc.so.6", "GLIBC_2.2.5", 5}}};
  CHECK(offers(image, wanted("stdout", "GLIBC_2.2.5")));
  CHECK_FALSE(offers(image, wanted("stdout", "GLIBC_2.9")));
}

TEST_CASE("endless chains and wrong places in hash tables are errors") {
  SymbolImage image = library({{.name = "f"}});
  const auto kind_after = [&](std::size_t field, std::string value) {
    auto built = image.build();
    built.bytes.replace(built.places["hash"] + field, value.size(), value);
    const Opened file(built.bytes);
    const auto found = elf::find_symbol(*file, "f");
    return found ? std::optional<ErrorKind>() : found.error().kind;
  };
  using namespace std::string_literals;
  image.buckets = 1;
  SECTION("GNU") {
    CHECK(kind_after(0, "\x01\0\0\0"s) == std::nullopt);
    CHECK(kind_after(0, "\0\0\0\0"s) == ErrorKind::not_found);          // no buckets
    CHECK(kind_after(0, "\xff\xff\xff\xff"s) == ErrorKind::malformed);  // more buckets than there are bytes
    CHECK(kind_after(4, "\xff\xff\xff\xff"s) ==
          ErrorKind::malformed);                                // the first symbol behind the bucket's
    CHECK(kind_after(8, "\0\0\0\0"s) == ErrorKind::malformed);  // words of the filter
    CHECK(kind_after(8, "\x03\0\0\0"s) == ErrorKind::malformed);
    CHECK(kind_after(8, "\0\0\0\x80"s) == ErrorKind::too_large);
    CHECK(kind_after(12, "\x20\0\0\0"s) == ErrorKind::malformed);        // the filter's shift
    CHECK(kind_after(24, "\xff\xff\xff\xff"s) == ErrorKind::malformed);  // the bucket
    CHECK(kind_after(24, "\0\0\0\0"s) == ErrorKind::not_found);
  }
  SECTION("a chain without an end") {
    for (int index = 0; index < 6000; ++index) image.symbols.push_back({.name = "other"});
    image.symbols.erase(image.symbols.begin());
    auto built = image.build();
    const std::size_t last = built.places["hash"] + 16 + 8 + 4 + 5999 * 4;
    REQUIRE((built.bytes[last] & 1) == 1);
    built.bytes[last] = static_cast<char>(built.bytes[last] & ~1);
    const Opened file(built.bytes);
    CHECK(elf::find_symbol(*file, "othes").error().kind == ErrorKind::not_found);  // not in the filter
    elf::WantedSymbol symbol("absent");
    symbol.hash = elf::gnu_hash("other") ^ 0x80000000U;
    CHECK(open_table(file).find(symbol).error().kind == ErrorKind::malformed);
  }
  SECTION("System V") {
    image.hash = SymbolImage::Hash::sysv;
    CHECK(kind_after(0, "\0\0\0\0"s) == ErrorKind::not_found);
    CHECK(kind_after(0, "\xff\xff\xff\xff"s) == ErrorKind::malformed);
    CHECK(kind_after(4, "\xff\xff\xff\xff"s) == ErrorKind::malformed);
    CHECK(kind_after(8, "\x09\0\0\0"s) == ErrorKind::malformed);  // the bucket: no such symbol
    image.symbols.front().name = "g";
    auto built = image.build();
    built.bytes[built.places["hash"] + 16] = '\x01';  // symbol 1 is followed by itself
    const Opened file(built.bytes);
    CHECK(elf::find_symbol(*file, "f").error().kind == ErrorKind::malformed);
  }
}
