// Whether what is opened links: symbols and versions, in scenes whose libraries a compiler makes. The real
// loader is the oracle. It names the first symbol that it doesn't find; ours must have it among all that are
// lacking.
#include "catch.hpp"
#include "scene.hpp"
#include "support/text.hpp"

using namespace preflight;
using loader::Visibility;
using test::Scene;

namespace {

bool can_compile() {
  Scene scene;
  if (test::has_real_loader() && scene.compile("liba.so", "int a;")) return true;
  WARN("skipped: this needs x86-64, glibc's loader and a compiler");
  SUCCEED();
  return false;
}

// Of "failed NAME: A lacks X, B lacks Y" the part that stands for all of the line's kind, and the items.
struct Line {
  std::string_view kind;
  std::string items;
};

Line line_of(std::string_view text) {
  const auto at = text.find(": ");
  if (at == std::string_view::npos) return {text, ""};
  return {text.substr(0, at), std::string(text.substr(at + 1)) + ","};
}

void compare_links(const Scene& scene) {
  const auto real = scene.by_real_loader();
  const auto ours = scene.by_ours();
  CAPTURE(real, ours);
  const auto real_lines = lines(real);
  const auto our_lines = lines(ours);
  REQUIRE(our_lines.size() == real_lines.size());
  for (std::size_t index = 0; index < real_lines.size(); ++index) {
    const auto real_line = line_of(real_lines[index]);
    const auto our_line = line_of(our_lines[index]);
    CHECK(our_line.kind == real_line.kind);
    CHECK(our_line.items.find(real_line.items) != std::string::npos);
  }
}

const std::string kOne = "int one(void) { return 1; }\n";
const std::string kOldAndNew =
    "int old(void) { return 0; } int new(void) { return 1; }\n"
    "__asm__(\".symver old, one@V1\"); __asm__(\".symver new, one@@V2\");";
const std::string kTwo = "int two(void) { return 2; }\n";
const std::string kCallsOne = "int one(void); int user(void) { return one(); }\n";
const std::string kNeedsOne = "-Wl,-rpath,@ -L@ -l:libone.so";
const std::string kNeedsAll = "-Wl,--no-as-needed -Wl,-rpath,@ -L@ ";

}  // namespace

TEST_CASE("a symbol of a library that is needed, or isn't") {
  if (!can_compile()) return;
  Scene scene;
  scene.openings = {{"-", "@/libuser.so"}};
  SECTION("needed") {
    scene.compile("libone.so", kOne);
    scene.compile("libuser.so", kCallsOne, kNeedsOne);
    compare_links(scene);
  }
  SECTION("not needed") {
    scene.compile("libuser.so", kCallsOne);
    compare_links(scene);
  }
  SECTION("needed, but the library was replaced by one without it") {
    scene.compile("libone.so", kOne);
    scene.compile("libuser.so", kCallsOne, kNeedsOne);
    scene.compile("libone.so", kTwo);
    compare_links(scene);
  }
  SECTION("not exported") {
    scene.compile("libone.so", kOne);
    scene.compile("libuser.so", kCallsOne, kNeedsOne);
    scene.compile("libone.so", "__attribute__((visibility(\"hidden\")))" + kOne);
    compare_links(scene);
  }
  SECTION("protected and weak definitions") {
    scene.compile("libone.so",
                  "__attribute__((visibility(\"protected\")))" + kOne + "__attribute__((weak)) " + kTwo);
    scene.compile("libuser.so", "int one(void); int two(void); int user(void) { return one() + two(); }",
                  kNeedsOne);
    compare_links(scene);
  }
  SECTION("a weak reference") {
    scene.compile("libuser.so",
                  "__attribute__((weak)) int one(void); int user(void) { return one ? one() : 0; }");
    compare_links(scene);
  }
  SECTION("data and thread-local data") {
    scene.compile("libuser.so",
                  "extern int one; extern __thread int two; int user(void) { return one + two; }");
    compare_links(scene);
  }
  SECTION("several, of several libraries") {
    scene.compile("libone.so", "int three(void); int one(void) { return three(); }");
    scene.compile("libuser.so",
                  "int one(void), two(void), four(void); int user(void) { return one() + two() + four(); }",
                  kNeedsOne);
    compare_links(scene);
  }
  SECTION("of its own") {
    scene.compile("libuser.so", kOne + kCallsOne);
    compare_links(scene);
  }
  SECTION("of its own, bound to itself") {
    scene.compile("libuser.so", kOne + "int two(void); int user(void) { return one() + two(); }",
                  "-Wl,-Bsymbolic");
    compare_links(scene);
  }
  SECTION("only declared") {
    scene.compile("libuser.so", "int one(void); int user(void) { return 1; }", "-Wl,-u,one");
    compare_links(scene);
  }
}

TEST_CASE("where symbols are looked up") {
  if (!can_compile()) return;
  Scene scene;
  scene.compile("libuser.so", kCallsOne);
  scene.compile("libone.so", kOne);
  SECTION("in what was opened before, if globally") {
    const auto visibility = GENERATE(Visibility::local, Visibility::global);
    scene.openings = {{"-", "@/libone.so", visibility}, {"-", "@/libuser.so"}};
    compare_links(scene);
  }
  SECTION("in what was opened again, globally this time") {
    scene.openings = {{"-", "@/libone.so"},
                      {"-", "@/libuser.so"},
                      {"-", "@/libone.so", Visibility::global},
                      {"-", "@/libuser.so"}};
    compare_links(scene);
  }
  SECTION("in what is preloaded") {
    scene.preload = "@/libone.so";
    scene.openings = {{"-", "@/libuser.so"}};
    compare_links(scene);
  }
  SECTION("in what the program needs") {
    scene.program = {.needed = {"@/libone.so"}};
    scene.openings = {{"-", "@/libuser.so"}};
    compare_links(scene);
  }
  SECTION("in what needs the library") {
    scene.compile("libtop.so", kOne, kNeedsAll + "-l:libuser.so");
    scene.openings = {{"-", "@/libtop.so"}};
    compare_links(scene);
  }
  SECTION("beside it among what is needed") {
    scene.compile("libtop.so", "int top;", kNeedsAll + "-l:libuser.so -l:libone.so");
    scene.openings = {{"-", "@/libtop.so"}};
    compare_links(scene);
  }
  SECTION("not beside it when it was opened alone before") {
    scene.compile("libtop.so", "int top;", kNeedsAll + "-l:libuser.so -l:libone.so");
    scene.openings = {{"-", "@/libuser.so"}, {"-", "@/libtop.so"}, {"-", "@/libuser.so"}};
    compare_links(scene);
  }
  SECTION("in what a globally opened library needs") {
    scene.compile("libtop.so", "int top;", kNeedsAll + "-l:libone.so");
    scene.openings = {{"-", "@/libtop.so", Visibility::global}, {"-", "@/libuser.so"}};
    compare_links(scene);
  }
  SECTION("not in what was opened locally, except for what needs it") {
    scene.compile("libtop.so", "int top;", kNeedsAll + "-l:libuser.so -l:libone.so");
    scene.openings = {
        {"-", "@/libone.so"}, {"-", "@/libuser.so"}, {"-", "@/libtop.so"}, {"-", "@/libuser.so"}};
    compare_links(scene);
  }
  SECTION("also in what is opened first as a need of a library that fails") {
    scene.compile("libtop.so", "int none(void); int top(void) { return none(); }",
                  kNeedsAll + "-l:libone.so");
    scene.openings = {{"-", "@/libtop.so", Visibility::global}, {"-", "@/libuser.so"}};
    compare_links(scene);
  }
}

TEST_CASE("symbol versions") {
  if (!can_compile()) return;
  Scene scene;
  scene.openings = {{"-", "@/libuser.so"}};
  scene.file("first", "V1 { global: one; local: *; };\n");
  scene.file("second", "V2 { global: one; local: *; };\n");
  scene.file("both", "V1 { global: one; local: *; }; V2 { global: two; } V1;\n");
  scene.file("empty", "V1 { global: two; local: *; };\n");
  SECTION("linked with a version") {
    scene.compile("libone.so", kOne, "-Wl,--version-script=@/first");
    scene.compile("libuser.so", kCallsOne, kNeedsOne);
    SECTION("that is there") {
      compare_links(scene);
    }
    SECTION("that is gone") {
      scene.compile("libone.so", kOne, "-Wl,--version-script=@/second");
      compare_links(scene);
    }
    // Not here: a library with the symbol and without any version, where glibc stops at an assertion of its
    // own.
    SECTION("in a library that has neither versions nor the symbol") {
      scene.compile("libone.so", kTwo);
      compare_links(scene);
    }
    SECTION("that is there without the symbol") {
      scene.compile("libone.so", kTwo, "-Wl,--version-script=@/empty");
      compare_links(scene);
    }
    SECTION("that is there beside another") {
      scene.compile("libone.so", kOne + kTwo, "-Wl,--version-script=@/both");
      compare_links(scene);
    }
    SECTION("whose symbol only another library has, without a version") {
      scene.compile("libone.so", kTwo, "-Wl,--version-script=@/empty");
      scene.compile("libother.so", kOne);
      scene.preload = "@/libother.so";
      compare_links(scene);
    }
    SECTION("whose symbol another library has in another version") {
      scene.compile("libone.so", kTwo, "-Wl,--version-script=@/empty");
      scene.compile("libother.so", kOne, "-Wl,--version-script=@/second");
      scene.preload = "@/libother.so";
      compare_links(scene);
    }
    SECTION("of an older symbol") {
      scene.compile("libone.so", kOldAndNew, "-Wl,--version-script=@/both");
      compare_links(scene);
    }
    SECTION("and another build is preloaded under the same SONAME") {
      scene.compile("other/libone.so", kOne, "-Wl,-soname,libone.so -Wl,--version-script=@/second");
      scene.preload = "@/other/libone.so";
      compare_links(scene);
    }
  }
  SECTION("linked without") {
    scene.compile("libone.so", kOne);
    scene.compile("libuser.so", kCallsOne, kNeedsOne);
    SECTION("and the library has got one") {
      scene.compile("libone.so", kOne, "-Wl,--version-script=@/first");
      compare_links(scene);
    }
    SECTION("and the symbol is only an old one") {
      scene.compile("libone.so", "int old(void) { return 0; }\n__asm__(\".symver old, one@V1\");",
                    "-Wl,--version-script=@/both");
      compare_links(scene);
    }
    SECTION("and the library has two") {
      scene.compile("libone.so", kOldAndNew, "-Wl,--version-script=@/both");
      compare_links(scene);
    }
  }
  SECTION("both tables of hashes") {
    const std::string style = GENERATE(as<std::string>(), "sysv", "gnu", "both");
    scene.compile("libone.so", kOne, "-Wl,--version-script=@/first -Wl,--hash-style=" + style);
    scene.compile("libuser.so", "int one(void), two(void); int user(void) { return one() + two(); }",
                  kNeedsOne + " -Wl,--hash-style=" + style);
    compare_links(scene);
  }
}
