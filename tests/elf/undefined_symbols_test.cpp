#include "elf/undefined_symbols.hpp"

#include <algorithm>

#include "catch.hpp"
#include "elf/opened.hpp"
#include "elf/symbol_image.hpp"
#include "elf/symbol_table.hpp"
#include "elf/symbol_uses.hpp"

using preflight::ErrorKind;
using preflight::test::Opened;
using preflight::test::SymbolImage;
namespace elf = preflight::elf;

namespace {

using Kind = SymbolImage::Relocation::Kind;

SymbolImage sample_of_symbols() {
  return {.symbols = {{.name = "open", .version = 2, .section = 0},
                      {.name = "later", .version = 0x8003, .section = 0},
                      {.name = "maybe", .section = 0, .binding = 2},
                      {.name = "own", .section = 0, .visibility = 2},
                      {.name = "section", .section = 0, .binding = 0},
                      {.name = "offered"}},
          .needs = {{"libc.so.6", "GLIBC_2.2.5", 2}, {"libm.so.6", "GLIBC_2.29", 0x8003, 2}},
          .relocations = {
              {0, Kind::relative}, {1, Kind::call}, {2, Kind::data}, {2, Kind::call}, {3, Kind::data}}};
}

std::vector<elf::UndefinedSymbol> undefined(const SymbolImage& image) {
  const Opened file(image.bytes());
  const auto dynamic = elf::read_dynamic(*file);
  REQUIRE(dynamic);
  const auto symbols = elf::undefined_symbols(*file, *dynamic);
  REQUIRE(symbols);
  return *symbols;
}

std::vector<std::string> names(const std::vector<elf::UndefinedSymbol>& symbols) {
  std::vector<std::string> names;
  for (const auto& symbol : symbols) names.push_back(symbol.name);
  return names;
}

}  // namespace

TEST_CASE("undefined symbols are listed with the versions that they need") {
  auto image = sample_of_symbols();
  image.layout.width = GENERATE(elf::Width::bits32, elf::Width::bits64);
  image.layout.order = GENERATE(elf::ByteOrder::little, elf::ByteOrder::big);
  image.hash = GENERATE(SymbolImage::Hash::gnu, SymbolImage::Hash::sysv);
  const auto symbols = undefined(image);
  REQUIRE(names(symbols) == std::vector<std::string>{"open", "later", "maybe"});
  CHECK(symbols[0].version == "GLIBC_2.2.5");
  CHECK(symbols[0].version_library == "libc.so.6");
  CHECK_FALSE(symbols[0].version_is_hidden);
  CHECK_FALSE(symbols[0].weak);
  CHECK(symbols[0].number == 1);
  CHECK(symbols[1].version == "GLIBC_2.29");
  CHECK(symbols[1].version_is_hidden);
  CHECK(symbols[2].version.empty());
  CHECK(symbols[2].weak);
  CHECK(symbols[2].number == 3);
}

TEST_CASE("the table of a file that offers nothing is as long as its relocations need it") {
  auto image = sample_of_symbols();
  image.symbols.pop_back();
  image.first_hashed = 1;  // as linkers write it for an empty table
  image.hash = GENERATE(SymbolImage::Hash::gnu, SymbolImage::Hash::none);
  auto built = image.build();
  if (image.hash == SymbolImage::Hash::gnu) {
    const std::size_t buckets = built.places["hash"] + 16 + 8;
    built.bytes.replace(buckets, 8, std::string(8, '\0'));
  }
  const Opened file(built.bytes);
  const auto symbols = elf::undefined_symbols(*file, *elf::read_dynamic(*file));
  REQUIRE(symbols);
  CHECK(names(*symbols) == std::vector<std::string>{"open", "later", "maybe"});
}

TEST_CASE("a program's undefined functions may stand in its hash table") {
  auto image = sample_of_symbols();
  image.first_hashed = 1;
  image.type = 2;
  image.buckets = 1;
  CHECK(names(undefined(image)) == std::vector<std::string>{"open", "later", "maybe"});
}

TEST_CASE("symbols without any version need none") {
  auto image = sample_of_symbols();
  image.needs.clear();
  CHECK(undefined(image).front().version.empty());
}

TEST_CASE("relocations tell what symbols are used for") {
  auto image = sample_of_symbols();
  image.layout.width = GENERATE(elf::Width::bits32, elf::Width::bits64);
  const Opened file(image.bytes());
  const auto uses = elf::read_symbol_uses(*file, *elf::read_dynamic(*file));
  REQUIRE(uses);
  CHECK(*uses == std::vector<elf::SymbolUse>{elf::SymbolUse::none, elf::SymbolUse::call, elf::SymbolUse::data,
                                             elf::SymbolUse::data});
}

TEST_CASE("tables of symbols that claim more than there is are refused") {
  auto image = sample_of_symbols();
  image.buckets = 1;
  SECTION("more symbols before the hash table") {
    image.first_hashed = 0;
    auto built = image.build();
    built.bytes.replace(built.places["hash"] + 4, 4, "\xff\xff\xff\x7f");
    const Opened file(built.bytes);
    CHECK(elf::undefined_symbols(*file, *elf::read_dynamic(*file)).error().kind == ErrorKind::too_large);
    built.bytes.replace(built.places["hash"] + 4, 4, std::string("\0\0\x10\0", 4));
    const Opened other(built.bytes);
    CHECK(elf::undefined_symbols(*other, *elf::read_dynamic(*other)).error().kind == ErrorKind::malformed);
  }
  SECTION("a chain without an end in a program") {
    image.type = 2;
    auto built = image.build();
    built.bytes[built.places["hash"] + 16 + 8 + 4] &= '\xfe';
    const Opened file(built.bytes);
    const auto symbols = elf::undefined_symbols(*file, *elf::read_dynamic(*file));
    if (!symbols) CHECK(symbols.error().kind != ErrorKind::not_found);
    SUCCEED("read to some other end");
  }
  SECTION("a relocation of an impossible symbol") {
    image.relocations = {{0x7fffffff, Kind::data}};
    const Opened file(image.bytes());
    CHECK(elf::read_symbol_uses(*file, *elf::read_dynamic(*file)).error().kind == ErrorKind::malformed);
  }
}

TEST_CASE("every truncation and every damaged byte of tables of symbols ends in a value or an error") {
  auto image = sample_of_symbols();
  image.hash = GENERATE(SymbolImage::Hash::gnu, SymbolImage::Hash::sysv);
  image.definitions = {{"libsample.so.1", 1, 1}, {"V1", 4}};
  const std::string whole = image.bytes();
  const auto read_everything = [](const Opened& file) {
    if (!file.result()) return;
    const auto dynamic = elf::read_dynamic(*file);
    if (!dynamic) return;
    (void)elf::undefined_symbols(*file, *dynamic);
    (void)elf::read_symbol_uses(*file, *dynamic);
    if (const auto table = elf::SymbolTable::open(*file, *dynamic)) {
      (void)table->find(elf::WantedSymbol("offered"));
      (void)table->find(elf::WantedSymbol("absent"));
    }
  };
  for (std::size_t size = 0; size < whole.size(); ++size) read_everything(Opened(whole.substr(0, size)));
  for (const char damage : {'\xff', '\0', '\x7f'}) {
    for (std::size_t at = 0; at < whole.size(); ++at) {
      std::string damaged = whole;
      damaged[at] = damage;
      read_everything(Opened(damaged));
    }
  }
  CHECK(elf::find_symbol(*Opened(whole), "offered"));
}
