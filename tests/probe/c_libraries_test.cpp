#include "catch.hpp"
#include "doubles/elf_image.hpp"
#include "doubles/loader_cache_image.hpp"
#include "probe/c_library.hpp"
#include "run_probe.hpp"

using namespace preflight;
using namespace std::string_literals;
using test::ElfImage;
using test::host_state;
using test::MemoryTree;
using test::run_probe;

namespace {

std::string glibc(const std::string& version) {
  ElfImage image;
  image.sections = {{".rodata", "x\0GNU C Library (Debian GLIBC 2.36-9+deb12u8) stable release version "s +
                                    version + ".\nCopyright\0y"s}};
  image.versions = {"GLIBC_2.2.5", "GLIBC_2.34", "GLIBC_PRIVATE"};
  return image.bytes();
}

std::string musl() {
  ElfImage image;
  image.sections = {{".rodata",
                     "127.0.0.1\0musl libc (x86_64)\nVersion %s\n\0"
                     "1.2\0"
                     "1.2.4\0"s}};
  return image.bytes();
}

std::string libstdcxx() {
  ElfImage image;
  image.versions = {"GLIBCXX_3.4", "GLIBCXX_3.4.9", "GLIBCXX_3.4.30", "GLIBCXX_DEBUG_MESSAGE_LENGTH",
                    "CXXABI_1.3",  "CXXABI_1.3.13", "CXXABI_TM_1"};
  return image.bytes();
}

}  // namespace

TEST_CASE("the banner of GNU libc names its version") {
  CHECK(probe::version_in_banner("GNU C Library stable release version 2.17, by Roland McGrath") == "2.17");
  CHECK(probe::version_in_banner(
            "GNU C Library (Ubuntu GLIBC 2.35-0ubuntu3.8) stable release version 2.35.\n") == "2.35");
  CHECK(probe::version_in_banner("GNU C Library (GNU libc) development release version 2.38.9000.") ==
        "2.38.9000");
  CHECK(probe::version_in_banner("GNU C Library").empty());
  CHECK(probe::version_in_banner("").empty());
}

TEST_CASE("the C library is told from its file") {
  MemoryTree files;
  SECTION("GNU, by the banner") {
    files.file("/lib/x86_64-linux-gnu/libc.so.6", glibc("2.36"));
    const auto document = run_probe("c-libraries", files, probe::SystemState::at_rest);
    CHECK(host_state(document, "libc.kind") == "glibc");
    CHECK(host_state(document, "libc.version") == "2.36");
  }
  SECTION("GNU, by the versions that it defines") {
    ElfImage image;
    image.versions = {"GLIBC_2.2.5", "GLIBC_2.34", "GLIBC_PRIVATE"};
    files.file("/usr/lib64/libc.so.6", image.bytes());
    CHECK(host_state(run_probe("c-libraries", files), "libc.version") == "2.34");
  }
  SECTION("musl") {
    files.file("/lib/ld-musl-x86_64.so.1", musl());
    const auto document = run_probe("c-libraries", files);
    CHECK(host_state(document, "libc.kind") == "musl");
    CHECK(host_state(document, "libc.version") == "1.2.4");
  }
  SECTION("none: a static image") {
    const auto document = run_probe("c-libraries", files);
    CHECK(host_state(document, "libc.kind") == "absent");
    CHECK(host_state(document, "libstdcxx.path") == "absent");
  }
  SECTION("unreadable") {
    files.fail("/lib64/libc.so.6", {ErrorKind::not_permitted, "permission denied"});
    CHECK(host_state(run_probe("c-libraries", files), "libc.version") == "unreadable");
  }
  SECTION("truncated") {
    files.file("/lib64/libc.so.6", glibc("2.36").substr(0, 70));
    CHECK(host_state(run_probe("c-libraries", files), "libc.version") == "unreadable");
  }
  SECTION("a linker script, as development packages have it") {
    files.file("/usr/lib/libc.so.6", "/* GNU ld script */");
    CHECK(host_state(run_probe("c-libraries", files), "libc.version") == "unreadable");
  }
}

TEST_CASE("libstdc++ is found as the loader finds it by default") {
  MemoryTree files;
  SECTION("by its cache first") {
    files.file("/opt/lib/libstdc++.so.6", libstdcxx()).file("/usr/lib64/libstdc++.so.6", "other");
    files.file("/etc/ld.so.cache", test::loader_cache_image({{"libstdc++.so.6", "/opt/lib/libstdc++.so.6"}}));
    const auto document = run_probe("c-libraries", files);
    CHECK(host_state(document, "libstdcxx.path") == "/opt/lib/libstdc++.so.6");
    CHECK(host_state(document, "libstdcxx.glibcxx") == "3.4.30");
    CHECK(host_state(document, "libstdcxx.cxxabi") == "1.3.13");
  }
  SECTION("in the default directories, behind a cache that can't be read") {
    files.file("/usr/lib64/libstdc++.so.6", libstdcxx()).file("/etc/ld.so.cache", "garbage");
    CHECK(host_state(run_probe("c-libraries", files), "libstdcxx.glibcxx") == "3.4.30");
  }
  SECTION("without versions") {
    files.file("/usr/lib64/libstdc++.so.6", ElfImage{}.bytes());
    CHECK(host_state(run_probe("c-libraries", files), "libstdcxx.path") == "/usr/lib64/libstdc++.so.6");
    CHECK(host_state(run_probe("c-libraries", files), "libstdcxx.glibcxx") == "absent");
  }
}
