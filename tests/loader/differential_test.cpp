// The rules of ld.so(8), each in scenes of its own; the real loader is the oracle.
#include "catch.hpp"
#include "scene.hpp"

using namespace preflight;
using loader::Visibility;
using test::ElfImage;
using test::kNoDefaultDirectories;
using test::Scene;

namespace {

bool can_compare() {
  if (test::has_real_loader()) return true;
  WARN("skipped: this machine isn't x86-64 with glibc's loader");
  SUCCEED();
  return false;
}

// What the real loader did, after ours has been held to it.
std::string compare(const Scene& scene) {
  auto real = scene.by_real_loader();
  CHECK(scene.by_ours() == real);
  return real;
}

bool tells(const std::string& story, const std::string& words) {
  return story.find(words) != std::string::npos;
}

// A scene of one library "liba.so" in each of the directories, which "open" or the program asks for.
void offer(Scene& scene, const std::vector<std::string>& directories, const std::string& name = "liba.so") {
  for (const auto& directory : directories) scene.library(directory + "/" + name);
}

}  // namespace

TEST_CASE("the order of DT_RPATH, LD_LIBRARY_PATH and DT_RUNPATH") {
  if (!can_compare()) return;
  Scene scene;
  scene.library_path = "@/variable";
  SECTION("DT_RPATH comes before the variable") {
    scene.program = {.needed = {"liba.so"}, .rpath = "@/own"};
    offer(scene, {"own", "variable"});
    CHECK(tells(compare(scene), "@/own/liba.so"));
  }
  SECTION("DT_RUNPATH comes after it") {
    scene.program = {.needed = {"liba.so"}, .runpath = "@/own"};
    offer(scene, {"own", "variable"});
    CHECK(tells(compare(scene), "@/variable/liba.so"));
  }
  SECTION("DT_RPATH is ignored beside DT_RUNPATH") {
    scene.program = {.needed = {"liba.so"}, .rpath = "@/ignored", .runpath = "@/own"};
    offer(scene, {"own", "ignored"});
    CHECK(tells(compare(scene), "@/own/liba.so"));
  }
  SECTION("the file is where nothing points to") {
    scene.program = {.needed = {"liba.so"}, .runpath = "@/own"};
    offer(scene, {"elsewhere"});
    CHECK(compare(scene) == "not started: liba.so is missing\n");
  }
  SECTION("directories that aren't there, twice, with slashes, relative and empty") {
    scene.program = {.needed = {"liba.so", "libb.so", "libc1.so"}, .rpath = "@/none:@/own//:@/own:near:"};
    scene.library("own/liba.so");
    scene.library("near/libb.so");
    scene.library("libc1.so");
    compare(scene);
  }
  SECTION("an empty DT_RPATH and DT_RUNPATH") {
    scene.program = {.needed = {"liba.so"}, .runpath = "@/own"};
    scene.library("own/liba.so", {.needed = {"libb.so"}, .runpath = ":"});
    scene.library("libb.so");
    compare(scene);
  }
}

TEST_CASE("DT_RPATH is inherited, DT_RUNPATH isn't") {
  if (!can_compare()) return;
  Scene scene;
  SECTION("from the program") {
    scene.program = {.needed = {"liba.so"}, .rpath = "@/own"};
    scene.library("own/liba.so", {.needed = {"libb.so"}});
    scene.library("own/libb.so", {.needed = {"libc1.so"}});
    scene.library("own/libc1.so");
    compare(scene);
  }
  SECTION("from the chain, nearest first") {
    scene.program = {.needed = {"liba.so"}, .rpath = "@/one"};
    scene.library("one/liba.so", {.needed = {"libb.so"}, .rpath = "@/two"});
    scene.library("two/libb.so", {.needed = {"libc1.so", "libd.so"}, .rpath = "@/three"});
    offer(scene, {"one", "two", "three"}, "libc1.so");
    offer(scene, {"one", "two"}, "libd.so");
    compare(scene);
  }
  SECTION("not past a library with DT_RUNPATH, but past one in between") {
    scene.program = {.needed = {"liba.so"}, .rpath = "@/one"};
    scene.library("one/liba.so", {.needed = {"libb.so"}, .runpath = "@/two"});
    scene.library("two/libb.so", {.needed = {"libc1.so"}});
    offer(scene, {"one", "two"}, "libc1.so");
    compare(scene);
  }
  SECTION("not from the program's DT_RUNPATH") {
    scene.program = {.needed = {"liba.so"}, .runpath = "@/one"};
    scene.library("one/liba.so", {.needed = {"libb.so"}});
    scene.library("one/libb.so");
    CHECK(compare(scene) == "not started: libb.so is missing\n");
  }
  SECTION("DT_RUNPATH of one library switches the chain off") {
    scene.program = {.needed = {"liba.so"}, .rpath = "@/one"};
    scene.library("one/liba.so", {.needed = {"libb.so"}, .runpath = "@/two"});
    scene.library("one/libb.so");
    CHECK(compare(scene) == "not started: libb.so is missing\n");
  }
}

TEST_CASE("tokens") {
  if (!can_compare()) return;
  Scene scene;
  const std::string text =
      GENERATE(as<std::string>(), "$ORIGIN/../one", "${ORIGIN}/../one", "$ORIGIN/../one:$ORIGIN/../two",
               "$ORIGINAL/../one", "${ORIGIN/../one", "@/$LIB/one", "@/${LIB}/one", "@/$PLATFORM/one",
               "@/${PLATFORM}/one", "@/$OTHER/one", "@/a$ORIGIN/one", "$LIB/one", "$/one", "@/$$LIB/one",
               "$ORIGIN/../one/$ORIGIN", "@/one$", "@/$LIBRARY/one");
  CAPTURE(text);
  for (const std::string directory :
       {"one", "two", "lib/one", "lib/x86_64-linux-gnu/one", "lib64/one", "x86_64/one", "haswell/one",
        "$OTHER/one", "$LIBRARY/one", "$/one", "one$", "$$LIB/one", "bin/$ORIGINAL/one"}) {
    scene.library(directory + "/liba.so", {.needed = {"libb.so"}, .runpath = "$ORIGIN/down:${ORIGIN}/../up"});
    scene.library(directory + "/down/libb.so");
  }
  SECTION("in DT_RPATH") {
    scene.program = {.needed = {"liba.so"}, .rpath = text};
    compare(scene);
  }
  SECTION("in DT_RUNPATH") {
    scene.program = {.needed = {"liba.so"}, .runpath = text};
    compare(scene);
  }
  SECTION("in the variable") {
    scene.program = {.needed = {"liba.so"}};
    scene.library_path = text;
    compare(scene);
  }
  SECTION("in a needed path") {
    scene.program = {.needed = {text + "/liba.so"}};
    compare(scene);
  }
  SECTION("in an opened path") {
    scene.openings = {{"-", text + "/liba.so"}};
    compare(scene);
  }
}

TEST_CASE("$ORIGIN follows the program's links and no library's") {
  if (!can_compare()) return;
  Scene scene;
  scene.program = {.needed = {"liba.so"}, .rpath = "$ORIGIN/../here"};
  scene.library("real/liba.so", {.needed = {"libb.so"}, .runpath = "$ORIGIN"});
  scene.library("real/libb.so");
  scene.library("here/libb.so");
  scene.link("here/liba.so", "../real/liba.so");
  CHECK(tells(compare(scene), "@/bin/../here/libb.so"));
}

TEST_CASE("LD_LIBRARY_PATH") {
  if (!can_compare()) return;
  Scene scene;
  scene.program = {.needed = {"liba.so"}};
  scene.working_directory = "@/work";
  scene.library_path = GENERATE(as<std::string>(), "@/one:@/two", "@/none;@/two", ":@/one",
                                "@/none:", "@/none::@/one", ";", ".", "../two", "@/one/:@/two", " @/one",
                                "@/one/../two", "@/file:@/two", "one:@/two", "@/closed:@/two");
  offer(scene, {"one", "two", "work"});
  scene.library("work/one/liba.so");
  scene.file("file", "not a directory");
  compare(scene);
}

TEST_CASE("preloading") {
  if (!can_compare()) return;
  Scene scene;
  scene.program = {.needed = {"liba.so", "libb.so"}, .rpath = "@/own"};
  offer(scene, {"own", "other"}, "liba.so");
  scene.library("own/libb.so", {.needed = {"libc1.so"}});
  offer(scene, {"own", "other"}, "libc1.so");
  scene.library("other/libb-2.so", {.soname = "libb.so"});
  scene.file("own/libbroken.so", "garbage");
  scene.preload = GENERATE(as<std::string>(), "liba.so", "@/other/liba.so", "@/other/libb-2.so",
                           "libnone.so:libb.so", "@/other/libc1.so liba.so", "@/none/liba.so", "libbroken.so",
                           "other/liba.so", "$ORIGIN/../other/liba.so", "liba.so:liba.so", "libc1.so");
  CAPTURE(scene.preload);
  compare(scene);
}

TEST_CASE("names that are already loaded") {
  if (!can_compare()) return;
  Scene scene;
  SECTION("a SONAME unlike the file's name serves both names") {
    scene.program = {.needed = {"liba.so", "libb.so", "liba.so.1"}, .rpath = "@/own"};
    scene.library("own/liba.so", {.soname = "liba.so.1"});
    scene.library("own/liba.so.1");
    scene.library("own/libb.so", {.needed = {"liba.so.1"}});
    compare(scene);
  }
  SECTION("what stands in another directory under the same SONAME isn't looked at") {
    scene.program = {.needed = {"liba.so", "libb.so"}, .rpath = "@/own"};
    scene.library("own/liba.so", {.soname = "libx.so.1"});
    scene.library("own/libb.so", {.needed = {"libx.so.1"}, .runpath = "@/other"});
    scene.library("other/libx.so.1");
    compare(scene);
  }
  SECTION("one file under two names") {
    scene.program = {.needed = {"liba.so", "libb.so", "libc1.so"}, .rpath = "@/own"};
    scene.library("own/liba.so", {.needed = {"libb.so"}});
    scene.link("own/libb.so", "liba.so");
    scene.library("own/libc1.so", {.needed = {"libb.so"}});
    compare(scene);
  }
  SECTION("one SONAME asked for by path and by name") {
    scene.program = {.needed = {"@/other/liba.so"}, .rpath = "@/own"};
    scene.library("other/liba.so", {.soname = "liba.so"});
    scene.library("own/liba.so", {.soname = "liba.so"});
    scene.openings = {{"-", "liba.so"}, {"-", "@/own/liba.so"}, {"-", "@/other/liba.so"}};
    compare(scene);
  }
  SECTION("two paths, no SONAME") {
    scene.program = {.needed = {"@/other/liba.so"}, .rpath = "@/own"};
    offer(scene, {"own", "other"});
    scene.openings = {{"-", "liba.so"}, {"-", "@/bin/../own/liba.so"}};
    compare(scene);
  }
  SECTION("what was opened serves the needs of what is opened later") {
    scene.openings = {{"-", "@/one/liba.so"}, {"-", "@/two/libb.so"}};
    scene.library("one/liba.so", {.soname = "liba.so"});
    scene.library("two/libb.so", {.needed = {"liba.so"}, .runpath = "$ORIGIN"});
    scene.library("two/liba.so", {.soname = "liba.so"});
    compare(scene);
  }
}

TEST_CASE("needed by path") {
  if (!can_compare()) return;
  Scene scene;
  scene.program = {.needed = {GENERATE(as<std::string>(), "@/own/liba.so", "own/liba.so", "./own/liba.so",
                                       "$ORIGIN/../own/liba.so", "@/own/none.so", "@//own/liba.so",
                                       "@/bin/../own/liba.so")}};
  scene.library("own/liba.so", {.needed = {"libb.so"}, .runpath = "$ORIGIN"});
  scene.library("own/libb.so");
  compare(scene);
}

TEST_CASE("files on the way that can't be loaded") {
  if (!can_compare()) return;
  Scene scene;
  const ElfImage plain;
  const std::string whole = plain.bytes();
  const std::vector<std::pair<std::string, std::string>> files = {
      {"other machine", ElfImage{.machine = 183}.bytes()},
      {"32 bits", ElfImage{.layout = {elf::Width::bits32, elf::ByteOrder::little}, .machine = 3}.bytes()},
      {"32 bits of x86-64 (x32)", ElfImage{.layout = {elf::Width::bits32, elf::ByteOrder::little}}.bytes()},
      {"big-endian", ElfImage{.layout = {elf::Width::bits64, elf::ByteOrder::big}}.bytes()},
      {"empty", ""},
      {"garbage", "INPUT(libx.so)\n"},
      {"long garbage", std::string(4096, 'x')},
      {"a header only", whole.substr(0, 64)},
      {"less than a header", whole.substr(0, 40)},
      {"no dynamic section",
       [&] {
         std::string bytes = whole;
         // The second program header's type: PT_DYNAMIC becomes PT_NULL.
         bytes[64 + 56] = 0;
         return bytes;
       }()},
      {"an object file", ElfImage{.type = 1}.bytes()},
      {"an executable", ElfImage{.type = 2}.bytes()},
      {"an unknown version of ELF",
       [&] {
         std::string bytes = whole;
         bytes[6] = 9;
         return bytes;
       }()},
      {"another system",
       [&] {
         std::string bytes = whole;
         bytes[7] = 9;
         return bytes;
       }()},
      {"GNU as the system",
       [&] {
         std::string bytes = whole;
         bytes[7] = 3;
         return bytes;
       }()},
  };
  for (const auto& [what, bytes] : files) {
    DYNAMIC_SECTION(what) {
      scene.file("one/liba.so", bytes);
      SECTION("in a search, with another one behind it") {
        scene.program = {.needed = {"liba.so"}, .rpath = "@/one:@/two"};
        scene.library("two/liba.so");
        compare(scene);
      }
      SECTION("in a search, alone") {
        scene.program = {.needed = {"liba.so"}, .rpath = "@/one"};
        compare(scene);
      }
      SECTION("opened by path") {
        scene.openings = {{"-", "@/one/liba.so"}};
        compare(scene);
      }
      SECTION("opened by name, another one in the variable") {
        scene.program = {.rpath = "@/one"};
        scene.library_path = "@/two";
        scene.library("two/liba.so");
        scene.openings = {{"-", "liba.so"}};
        compare(scene);
      }
    }
  }
  SECTION("a directory") {
    scene.file("one/liba.so/file", "");
    scene.program = {.needed = {"liba.so"}, .rpath = "@/one:@/two"};
    scene.library("two/liba.so");
    compare(scene);
  }
  SECTION("a link to nothing") {
    scene.link("one/liba.so", "nothing");
    scene.program = {.needed = {"liba.so"}, .rpath = "@/one:@/two"};
    scene.library("two/liba.so");
    compare(scene);
  }
  SECTION("a link to itself") {
    scene.link("one/liba.so", "liba.so");
    scene.program = {.needed = {"liba.so"}, .rpath = "@/one"};
    scene.library("two/liba.so");
    scene.library_path = "@/two";
    compare(scene);
  }
}

TEST_CASE("folders for better processors") {
  if (!can_compare()) return;
  Scene scene;
  scene.program = {.needed = {"liba.so", "libb.so", "libc1.so"}, .rpath = "@/one:@/two"};
  offer(scene,
        {"one", "one/glibc-hwcaps/x86-64-v2", "one/glibc-hwcaps/x86-64-v3", "one/glibc-hwcaps/x86-64-v4"});
  offer(scene, {"one", "two/glibc-hwcaps/x86-64-v2"}, "libb.so");
  offer(scene, {"two", "two/glibc-hwcaps/x86-64-v3", "one/glibc-hwcaps/other"}, "libc1.so");
  compare(scene);
}

TEST_CASE("libraries that don't want the default directories") {
  if (!can_compare()) return;
  Scene scene;
  // libdl.so.2 is in the cache and a default directory; nothing has loaded it yet.
  SECTION("needed by the program") {
    scene.program = {.needed = {"libdl.so.2"}, .flags_1 = kNoDefaultDirectories};
    compare(scene);
  }
  SECTION("needed by a library") {
    scene.program = {.needed = {"liba.so"}, .rpath = "@/own"};
    scene.library("own/liba.so", {.needed = {"libdl.so.2"}, .flags_1 = kNoDefaultDirectories});
    compare(scene);
  }
  SECTION("opened by a library") {
    scene.program = {.needed = {"liba.so"}, .rpath = "@/own"};
    scene.library("own/liba.so", {.flags_1 = kNoDefaultDirectories});
    scene.openings = {{"liba.so", "libdl.so.2"}, {"-", "libdl.so.2"}};
    compare(scene);
  }
  SECTION("found by another") {
    scene.program = {.needed = {"liba.so", "libb.so"}, .rpath = "@/own"};
    scene.library("own/liba.so", {.needed = {"libdl.so.2"}});
    scene.library("own/libb.so", {.needed = {"libdl.so.2"}, .flags_1 = kNoDefaultDirectories});
    compare(scene);
  }
}

TEST_CASE("libraries that need each other") {
  if (!can_compare()) return;
  Scene scene;
  scene.program = {.needed = {"liba.so"}, .rpath = "@/own"};
  scene.library("own/liba.so", {.needed = {"libb.so", "liba.so", "libc1.so"}});
  scene.library("own/libb.so", {.needed = {"libc1.so", "liba.so"}});
  scene.library("own/libc1.so", {.needed = {"liba.so", "libb.so"}});
  compare(scene);
}

TEST_CASE("the order is breadth first") {
  if (!can_compare()) return;
  Scene scene;
  scene.program = {.needed = {"liba.so", "libb.so"}, .rpath = "@/own"};
  scene.library("own/liba.so", {.needed = {"libc1.so", "libd.so"}});
  scene.library("own/libb.so", {.needed = {"libe.so", "libc1.so"}});
  scene.library("own/libc1.so", {.needed = {"libf.so"}});
  offer(scene, {"own"}, "libd.so");
  offer(scene, {"own"}, "libe.so");
  offer(scene, {"own"}, "libf.so");
  compare(scene);
}

TEST_CASE("dlopen searches for its caller") {
  if (!can_compare()) return;
  Scene scene;
  scene.library_path = "@/variable";
  SECTION("DT_RPATH of the caller, and of the program") {
    scene.program = {.needed = {"liba.so"}, .rpath = "@/own:@/last"};
    scene.library("own/liba.so", {.rpath = "@/one"});
    offer(scene, {"one", "variable", "last"}, "libb.so");
    offer(scene, {"variable", "last"}, "libc1.so");
    scene.openings = {{"liba.so", "libb.so"}, {"liba.so", "libc1.so"}};
    compare(scene);
  }
  SECTION("DT_RUNPATH of the caller, after the variable") {
    scene.program = {.needed = {"liba.so"}, .rpath = "@/own"};
    scene.library("own/liba.so", {.runpath = "@/one"});
    offer(scene, {"one", "variable", "own"}, "libb.so");
    offer(scene, {"one", "own"}, "libc1.so");
    offer(scene, {"own"}, "libd.so");
    scene.openings = {{"liba.so", "libb.so"}, {"liba.so", "libc1.so"}, {"liba.so", "libd.so"}};
    compare(scene);
  }
  SECTION("what was opened inherits nothing from its caller, only from the program") {
    scene.program = {.needed = {"liba.so"}, .rpath = "@/own"};
    scene.library("own/liba.so", {.rpath = "@/one"});
    scene.library("one/libb.so", {.needed = {"libc1.so"}});
    scene.library("one/libc1.so");
    scene.library("one/libd.so", {.needed = {"libe.so"}});
    scene.library("own/libe.so");
    scene.openings = {{"liba.so", "libb.so"}, {"liba.so", "libd.so"}};
    compare(scene);
  }
  SECTION("what was opened passes its DT_RPATH on") {
    scene.library("one/liba.so", {.needed = {"libb.so"}, .rpath = "@/one"});
    scene.library("one/libb.so", {.needed = {"libc1.so"}});
    scene.library("one/libc1.so");
    scene.openings = {{"-", "@/one/liba.so"}, {"libc1.so", "libd.so"}, {"libb.so", "libc1.so"}};
    scene.library("one/libd.so");
    compare(scene);
  }
  SECTION("a caller without any, in a program with DT_RUNPATH") {
    scene.program = {.needed = {"liba.so"}, .runpath = "@/own"};
    offer(scene, {"own"});
    offer(scene, {"own"}, "libb.so");
    offer(scene, {"variable"}, "libc1.so");
    scene.openings = {{"liba.so", "libb.so"}, {"liba.so", "libc1.so"}};
    compare(scene);
  }
  SECTION("relative to the working directory and to the caller") {
    scene.program = {.needed = {"liba.so"}, .rpath = "@/own"};
    scene.library("own/liba.so");
    scene.library("own/libb.so");
    scene.library("libc1.so");
    scene.openings = {{"liba.so", "$ORIGIN/libb.so"}, {"liba.so", "./libc1.so"}, {"liba.so", "libc1.so"}};
    compare(scene);
  }
}

TEST_CASE("dlopen that fails leaves nothing behind") {
  if (!can_compare()) return;
  Scene scene;
  scene.program = {.rpath = "@/own"};
  scene.library("own/liba.so", {.needed = {"libb.so", "libnone.so", "libc1.so"}});
  scene.library("own/libb.so");
  scene.library("own/libc1.so");
  SECTION("what it brought can be opened afterwards") {
    scene.openings = {
        {"-", "liba.so"}, {"-", "libnone.so"}, {"-", "libb.so"}, {"-", "liba.so"}, {"-", "libc1.so"}};
    compare(scene);
  }
  SECTION("what was there before stays") {
    scene.openings = {{"-", "libb.so"}, {"-", "liba.so"}, {"libb.so", "libc1.so"}};
    compare(scene);
  }
  SECTION("a second name that a failed one gave to a loaded file") {
    scene.link("own/libsame.so", "libb.so");
    scene.library("own/libd.so", {.needed = {"libsame.so", "libnone.so"}});
    scene.openings = {{"-", "libb.so"}, {"-", "libd.so"}, {"-", "libsame.so"}};
    compare(scene);
  }
  SECTION("a broken library among those needed") {
    scene.file("own/libbad.so", "garbage");
    scene.library("own/libd.so", {.needed = {"libb.so", "libbad.so"}});
    scene.openings = {{"-", "libd.so"}, {"-", "libb.so"}};
    compare(scene);
  }
}

TEST_CASE("global and local openings find the same files") {
  if (!can_compare()) return;
  Scene scene;
  const auto visibility = GENERATE(Visibility::local, Visibility::global);
  scene.library("one/liba.so", {.soname = "liba.so", .needed = {"libb.so"}, .runpath = "$ORIGIN"});
  scene.library("one/libb.so");
  scene.library("two/libc1.so", {.needed = {"liba.so", "libb.so"}, .rpath = "$ORIGIN"});
  offer(scene, {"two"});
  offer(scene, {"two"}, "libb.so");
  scene.openings = {
      {"-", "@/one/liba.so", visibility}, {"-", "@/two/libc1.so", visibility}, {"-", "@/two/libb.so"}};
  compare(scene);
}

TEST_CASE("a program that can't start") {
  if (!can_compare()) return;
  Scene scene;
  scene.program = {.needed = {"liba.so", "libb.so"}, .rpath = "@/own"};
  scene.library("own/liba.so", {.needed = {"libc1.so"}});
  SECTION("the first that is missing, breadth first, is named") {
    compare(scene);
  }
  SECTION("a library of a library") {
    scene.library("own/libb.so");
    compare(scene);
  }
  SECTION("a broken one") {
    scene.file("own/libb.so", "garbage");
    compare(scene);
  }
}
