#include "elf/file.hpp"

#include "catch.hpp"
#include "doubles/elf_image.hpp"
#include "elf/contents.hpp"
#include "elf/notes.hpp"
#include "elf/opened.hpp"
#include "elf/symbol_table.hpp"
#include "elf/versions.hpp"

using preflight::ErrorKind;
using preflight::test::ElfImage;
using preflight::test::Opened;
namespace elf = preflight::elf;

namespace {

ElfImage sample(elf::Layout layout = {}) {
  return {.layout = layout,
          .soname = "libsample.so.1",
          .needed = {"libm.so.6", "libc.so.6"},
          .rpath = "/opt/lib",
          .runpath = "$ORIGIN:$ORIGIN/../lib",
          .versions = {"libsample.so.1", "SAMPLE_1.9", "SAMPLE_1.10", "SAMPLE_PRIVATE"},
          .needed_versions = {"GLIBC_2.2.5", "GLIBC_2.29"},
          .functions = {{"first", "\x01\x02"}, {"second", "\x03\x04\x05"}},
          .sections = {{".rodata", std::string("abc\0version 1.2\0version 1.3\0", 29)}},
          .notes = {{".note.one", "GNU", 3, "id"}, {".note.two", "NVIDIA Corporation", 7, "{}"}}};
}

std::string text(const std::vector<std::byte>& bytes) {
  std::string text;
  for (const std::byte byte : bytes) text += std::to_integer<char>(byte);
  return text;
}

}  // namespace

TEST_CASE("files of both classes and byte orders are read") {
  const auto width = GENERATE(elf::Width::bits32, elf::Width::bits64);
  const auto order = GENERATE(elf::ByteOrder::little, elf::ByteOrder::big);
  const Opened file(sample({width, order}).bytes());

  CHECK((*file).layout() == elf::Layout{width, order});
  CHECK((*file).header().machine == elf::Machine::x86_64);
  CHECK((*file).header().type == elf::FileType::shared);
  CHECK((*file).segments().size() == 5);

  const auto dynamic = elf::read_dynamic(*file);
  REQUIRE(dynamic);
  CHECK(dynamic->soname == "libsample.so.1");
  CHECK(dynamic->needed == std::vector<std::string>{"libm.so.6", "libc.so.6"});
  CHECK(dynamic->rpath == std::vector<std::string>{"/opt/lib"});
  CHECK(dynamic->runpath == std::vector<std::string>{"$ORIGIN", "$ORIGIN/../lib"});

  const auto versions = elf::defined_versions(*file, *dynamic);
  REQUIRE(versions);
  CHECK(versions->size() == 4);
  CHECK(elf::highest_version(*versions, "SAMPLE_") == "1.10");
  CHECK(elf::highest_version(*versions, "OTHER_") == std::nullopt);

  const auto needs = elf::needed_versions(*file, *dynamic);
  REQUIRE(needs);
  CHECK(*needs == std::vector<elf::NeededVersion>{{"libm.so.6", "GLIBC_2.2.5"}, {"libm.so.6", "GLIBC_2.29"}});

  const auto second = elf::find_symbol(*file, "second");
  REQUIRE(second);
  CHECK(second->size == 3);
  const auto code = elf::read_symbol(*file, *second, 2);
  REQUIRE(code);
  CHECK(text(*code) == "\x03\x04");
  CHECK(elf::find_symbol(*file, "secon").error().kind == ErrorKind::not_found);

  const auto notes = elf::section_notes(*file, ".note.two");
  REQUIRE(notes);
  REQUIRE(notes->size() == 1);
  CHECK(notes->front().name == "NVIDIA Corporation");
  CHECK(notes->front().type == 7);
  CHECK(text(notes->front().description) == "{}");
  const auto mapped = elf::segment_notes(*file);
  REQUIRE(mapped);
  CHECK(mapped->size() == 2);
  CHECK(elf::section_notes(*file, ".note.three").error().kind == ErrorKind::not_found);
}

TEST_CASE("texts of a section are found by what they begin with") {
  const Opened file(sample().bytes());
  const auto section = (*file).section(".rodata");
  REQUIRE(section);
  std::vector<std::string> seen;
  const auto look = [&](std::uint64_t limit, const std::string& wanted) {
    seen.clear();
    const auto found = elf::find_text(*file, *section, "version ", limit, [&](std::string_view text) {
      seen.emplace_back(text);
      return text == wanted;
    });
    REQUIRE(found);
    return *found;
  };
  CHECK(look(1000, "version 1.3"));
  CHECK(seen == std::vector<std::string>{"version 1.2", "version 1.3"});
  CHECK_FALSE(look(1000, "version 1.4"));
  CHECK_FALSE(look(15, "version 1.3"));
}

TEST_CASE("a text across the border of two pieces is found once and whole") {
  std::string content((1U << 18U) - 3, 'x');
  content.append("version 7").push_back(char{});
  ElfImage image;
  image.sections = {{".rodata", content}};
  const Opened file(image.bytes());
  const auto section = (*file).section(".rodata");
  REQUIRE(section);
  int count = 0;
  const auto found = elf::find_text(*file, *section, "version ", 1U << 20U, [&](std::string_view text) {
    CHECK(text == "version 7");
    ++count;
    return false;
  });
  REQUIRE(found);
  CHECK(count == 1);
}

TEST_CASE("what is no ELF file is malformed") {
  CHECK(Opened("").result().error().kind == ErrorKind::malformed);
  CHECK(Opened("#!/bin/sh\necho this is no ELF file\n").result().error().kind == ErrorKind::malformed);
  CHECK(Opened("\x7f"
               "ELF\x03\x01" +
               std::string(60, '\0'))
            .result()
            .error()
            .kind == ErrorKind::malformed);
  CHECK(Opened("\x7f"
               "ELF\x02\x07" +
               std::string(60, '\0'))
            .result()
            .error()
            .kind == ErrorKind::malformed);
}

TEST_CASE("every truncation and every damaged byte ends in a value or an error") {
  const std::string whole = sample().bytes();
  const auto read_everything = [](const Opened& file) {
    if (!file.result()) return;
    (void)(*file).sections();
    (void)elf::find_symbol(*file, "second");
    (void)elf::segment_notes(*file);
    (void)elf::section_notes(*file, ".note.two");
    if (const auto section = (*file).section(".rodata")) {
      (void)elf::find_text(*file, *section, "v", 1U << 20U, [](std::string_view) { return false; });
    }
    if (const auto dynamic = elf::read_dynamic(*file)) {
      (void)elf::defined_versions(*file, *dynamic);
      (void)elf::needed_versions(*file, *dynamic);
    }
  };
  for (std::size_t size = 0; size < whole.size(); ++size) read_everything(Opened(whole.substr(0, size)));
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string damaged = whole;
    damaged[at] = '\xff';
    read_everything(Opened(damaged));
  }
  CHECK_FALSE(elf::find_symbol(*Opened(whole), "none"));
}

TEST_CASE("counts beyond the bounds are refused before anything is reserved") {
  std::string bytes = sample().bytes();
  bytes[56] = '\xff';  // program headers: the escape value
  bytes[57] = '\xff';
  CHECK(Opened(bytes).result().error().kind == ErrorKind::too_large);

  bytes = sample().bytes();
  bytes[60] = '\xff';  // sections
  bytes[61] = '\xfe';
  CHECK((*Opened(bytes)).sections().error().kind == ErrorKind::malformed);
}

TEST_CASE("files without a dynamic segment or sections say so") {
  std::string bytes = sample().bytes();
  bytes[64 + 56] = 9;  // the type of the second segment
  CHECK(elf::read_dynamic(*Opened(bytes)).error().kind == ErrorKind::not_found);

  bytes = sample().bytes();
  for (std::size_t at = 40; at < 48; ++at) bytes[at] = '\0';  // offset of the section table
  const Opened stripped(bytes);
  REQUIRE((*stripped).sections());
  CHECK((*stripped).sections()->empty());
  CHECK(elf::find_symbol(*stripped, "second"));
}

TEST_CASE("a stack that can be executed is requested by a program header only") {
  ElfImage image = sample({GENERATE(elf::Width::bits32, elf::Width::bits64)});
  CHECK_FALSE(elf::requests_executable_stack(*Opened(image.bytes())));
  image.stack = ElfImage::Stack::executable;
  CHECK(elf::requests_executable_stack(*Opened(image.bytes())));
}

TEST_CASE("flags of the dynamic section are read") {
  ElfImage image = sample();
  const auto plain = elf::read_dynamic(*Opened(image.bytes()));
  REQUIRE(plain);
  CHECK_FALSE(plain->no_default_directories);
  CHECK_FALSE(plain->binds_now);
  image.flags_1 = 0x801;
  const auto flagged = elf::read_dynamic(*Opened(image.bytes()));
  REQUIRE(flagged);
  CHECK(flagged->no_default_directories);
  CHECK(flagged->binds_now);
  CHECK_FALSE(flagged->symbolic);
}
