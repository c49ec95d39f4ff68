#include "catch.hpp"
#include "probe/process_variables.hpp"
#include "run_probe.hpp"

using namespace preflight;
using namespace std::string_literals;
using probe::parse_variables;
using test::host_state;
using test::MemoryTree;
using test::run_probe;

TEST_CASE("variables are read as the kernel shows them") {
  const auto variables =
      parse_variables("A=1\0PATH=/bin:/usr/bin\0EMPTY=\0A=2\0TWO=a=b\nc\0no assignment\0=x\0"s);
  CHECK(variables ==
        probe::Variables{{"A", "1"}, {"PATH", "/bin:/usr/bin"}, {"EMPTY", ""}, {"TWO", "a=b\nc"}});
}

TEST_CASE("hostile environments are read within bounds") {
  CHECK(parse_variables("").empty());
  CHECK(parse_variables(std::string(1000, '\0')).empty());
  CHECK(parse_variables("UNTERMINATED=x").at("UNTERMINATED") == "x");
  std::string huge = "A=";
  huge.append(1 << 20, 'x');
  CHECK(parse_variables(huge).at("A").size() == 1 << 20);
}

TEST_CASE("the variables of the process are a fact") {
  MemoryTree files;
  SECTION("read") {
    files.file("/proc/self/environ",
               "NCCL_DEBUG=INFO\0HOME=/root\0NVIDIA_API_KEY=x\0LD_PRELOAD=\xff\nodd\0PATH=/bin\0"s);
    const auto document = run_probe("variables", files);
    CHECK(host_state(document, "variables") == "LD_PRELOAD=\xEF\xBF\xBD\nodd, NCCL_DEBUG=INFO, PATH=/bin");
  }
  SECTION("empty") {
    files.file("/proc/self/environ", "");
    CHECK(host_state(run_probe("variables", files), "variables").empty());
  }
  SECTION("unreadable") {
    files.fail("/proc/self/environ", {ErrorKind::not_permitted, "permission denied"});
    CHECK(host_state(run_probe("variables", files), "variables") == "unreadable");
  }
}
