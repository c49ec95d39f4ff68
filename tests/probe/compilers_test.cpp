#include "catch.hpp"
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
