#include "catch.hpp"
#include "doubles/elf_image.hpp"
#include "probe/building/compiler.hpp"
#include "probe/program_search.hpp"
#include "run_probe.hpp"

using namespace preflight;
using namespace std::string_literals;
using probe::find_program;
using probe::SystemState;
using test::host_state;
using test::MemoryTree;
using test::run_probe;

TEST_CASE("programs are found as a shell finds them") {
  MemoryTree files;
  files.file("/a/cc", "not executable")
      .directory("/b/cc")
      .program("/c/real")
      .link("/c/cc", "real")
      .program("/d/cc");
  CHECK(*find_program(files, "/missing:/a:/b::relative:/c:/d", "cc") == "/c/cc");
  CHECK(find_program(files, "/a:/b", "cc").error().kind == ErrorKind::not_found);
  CHECK(find_program(files, "", "cc").error().kind == ErrorKind::not_found);
  CHECK(find_program(files, std::string(100'000, ':'), "cc").error().kind == ErrorKind::not_found);
  files.fail("/closed/cc", {ErrorKind::not_permitted, "permission denied"});
  CHECK(find_program(files, "/closed:/a", "cc").error().kind == ErrorKind::not_permitted);
  CHECK(*find_program(files, "/closed:/d", "cc") == "/d/cc");
}

TEST_CASE("the C compiler is the one that Triton takes") {
  MemoryTree files;
  files.program("/usr/bin/gcc").program("/usr/bin/clang").program("/opt/bin/mycc");
  const auto found = [&](const std::string& variables) {
    files.file("/proc/self/environ", variables);
    return host_state(run_probe("compilers", files), "compiler.c.path");
  };
  CHECK(found("PATH=/usr/bin\0"s) == "/usr/bin/gcc");
  CHECK(found("PATH=/opt/bin:/usr/bin\0CC=mycc\0"s) == "/opt/bin/mycc");
  CHECK(found("CC=/opt/bin/mycc\0"s) == "/opt/bin/mycc");
  CHECK(found("PATH=/usr/bin\0CC=\0"s) == "absent");
  CHECK(found("PATH=/usr/bin\0CC=gcc -m64\0"s) == "absent");
  CHECK(found("PATH=/nowhere\0"s) == "absent");
  CHECK(found("") == "/usr/bin/gcc");
}

TEST_CASE("clang stands in for gcc") {
  MemoryTree files;
  files.program("/usr/bin/clang").file("/proc/self/environ", "PATH=/usr/bin\0"s);
  CHECK(host_state(run_probe("compilers", files), "compiler.c.path") == "/usr/bin/clang");
}

TEST_CASE("nvcc and ptxas by PATH; at rest by the default one") {
  MemoryTree files;
  files.program("/usr/local/cuda/bin/nvcc").program("/usr/local/cuda/bin/ptxas").program("/usr/bin/ptxas");
  files.file("/proc/self/environ", "PATH=/usr/local/cuda/bin:/usr/bin\0CC=x\0"s);
  const auto running = run_probe("compilers", files);
  CHECK(host_state(running, "compiler.nvcc.path") == "/usr/local/cuda/bin/nvcc");
  CHECK(host_state(running, "compiler.ptxas.path") == "/usr/local/cuda/bin/ptxas");
  const auto resting = run_probe("compilers", files, SystemState::at_rest);
  CHECK(host_state(resting, "compiler.nvcc.path") == "absent");
  CHECK(host_state(resting, "compiler.ptxas.path") == "/usr/bin/ptxas");
  files.fail("/proc/self/environ", {ErrorKind::not_permitted, "permission denied"});
  CHECK(host_state(run_probe("compilers", files), "compiler.nvcc.path") == "unreadable");
}

namespace {

// A driver program with its version among its constants.
std::string compiler_image(const std::string& constants) {
  test::ElfImage image;
  image.type = 2;
  image.sections = {{".rodata", "\0"s + constants + "\0"s}};
  return image.bytes();
}

}  // namespace

TEST_CASE("gcc's version is among its constants, beside others that begin alike") {
  MemoryTree files;
  files.link("/usr/bin/gcc", "gcc-12")
      .link("/usr/bin/gcc-12", "x86_64-linux-gnu-gcc-12")
      .file("/usr/bin/x86_64-linux-gnu-gcc-12",
            compiler_image("12.2.0-14+deb12u1) \0"
                           "12.5\0"
                           "12.2.0\0"s +
                           "(Debian 12.2.0-14)"),
            0755)
      .directory("/usr/lib/gcc/x86_64-linux-gnu/11")
      .file("/usr/lib/gcc/x86_64-linux-gnu/12/include/stddef.h", "")
      .file("/proc/self/environ", "PATH=/usr/bin\0"s);
  const auto document = run_probe("compilers", files);
  CHECK(host_state(document, "compiler.c.path") == "/usr/bin/gcc");
  CHECK(host_state(document, "compiler.c.kind") == "gcc");
  CHECK(host_state(document, "compiler.c.version") == "12.2.0");
  CHECK(host_state(document, "compiler.c.headers") == "/usr/lib/gcc/x86_64-linux-gnu/12/include");
  CHECK(host_state(document, "compiler.cxx.path") == "absent");
}

TEST_CASE("Red Hat's gcc says more; its directory may lack the headers") {
  MemoryTree files;
  files.file("/usr/bin/gcc", compiler_image("11.5.0 20240719 (Red Hat 11.5.0-2)"), 0755)
      .directory("/usr/lib/gcc/x86_64-redhat-linux/11")
      .file("/proc/self/environ", "PATH=/usr/bin\0"s);
  const auto document = run_probe("compilers", files);
  CHECK(host_state(document, "compiler.c.version") == "11.5.0");
  CHECK(host_state(document, "compiler.c.headers") == "absent");
}

TEST_CASE("one directory of a whole release tells the version of conda's gcc and of clang") {
  MemoryTree files;
  files.file("/env/bin/x86_64-conda-linux-gnu-gcc", compiler_image("no version"), 0755)
      .directory("/env/lib/gcc/x86_64-conda-linux-gnu/12.4.0")
      .link("/usr/bin/clang", "../lib/llvm-14/bin/clang")
      .file("/usr/lib/llvm-14/bin/clang", compiler_image("clang"), 0755)
      .file("/usr/lib/llvm-14/lib/clang/14.0.6/include/stddef.h", "");
  files.file("/proc/self/environ", "PATH=/env/bin\0CC=x86_64-conda-linux-gnu-gcc\0"s);
  CHECK(host_state(run_probe("compilers", files), "compiler.c.version") == "12.4.0");
  files.file("/proc/self/environ", "PATH=/usr/bin\0"s);
  const auto document = run_probe("compilers", files);
  CHECK(host_state(document, "compiler.c.kind") == "clang");
  CHECK(host_state(document, "compiler.c.version") == "14.0.6");
  CHECK(host_state(document, "compiler.c.headers") == "/usr/lib/llvm-14/lib/clang/14.0.6/include");
}

TEST_CASE("what doesn't tell its version is not guessed at") {
  MemoryTree files;
  files.program("/usr/bin/ccache")
      .link("/usr/lib/ccache/gcc", "../../bin/ccache")
      .file("/proc/self/environ", "PATH=/usr/lib/ccache\0"s);
  const auto wrapped = run_probe("compilers", files);
  CHECK(host_state(wrapped, "compiler.c.path") == "/usr/lib/ccache/gcc");
  CHECK(host_state(wrapped, "compiler.c.kind") == "not observable");
  files.file("/usr/bin/gcc", "#!/bin/sh\n", 0755)
      .directory("/usr/lib/gcc/x86_64-linux-gnu/11")
      .directory("/usr/lib/gcc/x86_64-linux-gnu/12")
      .file("/proc/self/environ", "PATH=/usr/bin\0"s);
  const auto script = run_probe("compilers", files);
  CHECK(host_state(script, "compiler.c.kind") == "gcc");
  CHECK(host_state(script, "compiler.c.version") == "not observable");
  CHECK(host_state(script, "compiler.c.headers") == "not observable");
}

TEST_CASE("texts that are a version of gcc") {
  using probe::building::version_of_constant;
  CHECK(version_of_constant("12.2.0") == "12.2.0");
  CHECK(version_of_constant("15.2.1 20250808 (Red Hat 15.2.1-1)") == "15.2.1");
  for (const auto* text : {"", "12", "12.2", "12.2.0-14", "12.2.0 (Debian)", "12.2.0 2024", "gcc 12.2.0"}) {
    CHECK(version_of_constant(text).empty());
  }
}

TEST_CASE("the ptxas on PATH states its version") {
  MemoryTree files;
  files.file("/usr/bin/ptxas", compiler_image("Cuda compilation tools, release 12.2, V12.2.140"), 0755)
      .file("/proc/self/environ", "PATH=/usr/bin\0"s);
  CHECK(host_state(run_probe("compilers", files), "compiler.ptxas.version") == "12.2.140");
  files.program("/usr/bin/ptxas");
  CHECK(host_state(run_probe("compilers", files), "compiler.ptxas.version") == "unreadable");
  files.file("/proc/self/environ", "PATH=/none\0"s);
  CHECK(host_state(run_probe("compilers", files), "compiler.ptxas.version") == "absent");
}

TEST_CASE("the C++ compiler: what CXX names, else c++ or g++") {
  MemoryTree files;
  files.program("/usr/bin/g++").program("/opt/bin/icpx");
  const auto found = [&](const std::string& variables) {
    files.file("/proc/self/environ", variables);
    return host_state(run_probe("compilers", files), "compiler.cxx.path");
  };
  CHECK(found("PATH=/usr/bin\0"s) == "/usr/bin/g++");
  CHECK(found("PATH=/usr/bin:/opt/bin\0CXX=icpx\0"s) == "/opt/bin/icpx");
  CHECK(found("PATH=/opt/bin\0"s) == "absent");
}
