// What only ours does: to look at what would be loaded, and to forget it.
#include "loader/process.hpp"

#include <algorithm>

#include "catch.hpp"
#include "doubles/elf_image.hpp"
#include "doubles/memory_tree.hpp"

using namespace preflight;
using loader::OnFailure;
using loader::Visibility;
using test::ElfImage;

TEST_CASE("a process that is rewound refers to nothing that is forgotten") {
  test::MemoryTree files;
  files.file("/bin/program", ElfImage{.needed = {"liba.so"}, .rpath = "/own"}.bytes());
  files.file("/own/liba.so", ElfImage{.needed = {"libb.so"}}.bytes());
  files.file("/other/b.so", ElfImage{.soname = "libb.so"}.bytes());
  loader::Settings settings;
  loader::Images images(files, settings.machine);
  loader::Process process(files, settings, images);
  CHECK(process.start("/bin/program").size() == 1);

  const auto before = process.mark();
  const auto count = process.objects().size();
  // What liba.so lacks is there for a while, and so it can be opened.
  CHECK(process.open("/other/b.so", 0, Visibility::local).failures.empty());
  const auto opened = process.open("/own/liba.so", 0, Visibility::local);
  CHECK(opened.failures.empty());
  CHECK(process.scope_of(opened.object).size() == count + 1);

  process.rewind(before);
  REQUIRE(process.objects().size() == count);
  for (loader::ObjectIndex index = 0; index < count; ++index) {
    CHECK(std::ranges::all_of(process.scope_of(index), [&](auto one) { return one < count; }));
  }
  CHECK(process.open("/own/liba.so", 0, Visibility::local, OnFailure::keep).failures.size() == 1);
}

TEST_CASE("names that a look gave to loaded files are forgotten with it") {
  test::MemoryTree files;
  files.file("/bin/program", ElfImage{.needed = {"/own/lib-1.so"}}.bytes());
  files.file("/own/lib-1.so", ElfImage{.soname = "lib-1.so"}.bytes());
  files.link("/own/lib.so", "lib-1.so");
  files.file("/x/knows.so", ElfImage{.needed = {"lib.so"}, .runpath = "/own"}.bytes());
  files.file("/x/asks.so", ElfImage{.needed = {"lib.so"}}.bytes());
  loader::Settings settings;
  loader::Images images(files, settings.machine);
  loader::Process process(files, settings, images);
  CHECK(process.start("/bin/program").empty());
  const auto before = process.mark();
  CHECK(process.open("/x/knows.so", 0, Visibility::local).failures.empty());
  process.rewind(before, loader::Process::Names::forget);
  CHECK(process.open("/x/asks.so", 0, Visibility::local).failures.size() == 1);
}
