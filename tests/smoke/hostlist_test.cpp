#include "smoke/hostlist.hpp"

#include "catch.hpp"

using preflight::ErrorKind;
using preflight::smoke::expand_hostlist;

namespace {

using Names = std::vector<std::string>;

Names expanded(std::string_view text) {
  const auto names = expand_hostlist(text);
  REQUIRE(names);
  return *names;
}

ErrorKind problem(std::string_view text) {
  const auto names = expand_hostlist(text);
  REQUIRE_FALSE(names);
  return names.error().kind;
}

}  // namespace

TEST_CASE("Slurm's lists of hosts are expanded in their order") {
  CHECK(expanded("gpu1") == Names{"gpu1"});
  CHECK(expanded("gpu1,cpu-7.example.org") == Names{"gpu1", "cpu-7.example.org"});
  CHECK(expanded("node[3,1]") == Names{"node3", "node1"});
  CHECK(expanded("node[08-11]") == Names{"node08", "node09", "node10", "node11"});
  CHECK(expanded("n[9-10]x,m[1]") == Names{"n9x", "n10x", "m1"});
  CHECK(expanded("rack[1-2]node[7-8]") == Names{"rack1node7", "rack1node8", "rack2node7", "rack2node8"});
  CHECK(expanded("node[001-002,100]") == Names{"node001", "node002", "node100"});
}

TEST_CASE("what isn't a list of hosts is an error") {
  CHECK(problem("") == ErrorKind::malformed);
  CHECK(problem("a,,b") == ErrorKind::malformed);
  CHECK(problem("node[1-3") == ErrorKind::malformed);
  CHECK(problem("node1-3]") == ErrorKind::malformed);
  CHECK(problem("node[[1]]") == ErrorKind::malformed);
  CHECK(problem("node[]") == ErrorKind::malformed);
  CHECK(problem("node[1-]") == ErrorKind::malformed);
  CHECK(problem("node[3-1]") == ErrorKind::malformed);
  CHECK(problem("node[a-b]") == ErrorKind::malformed);
  CHECK(problem("node[-1]") == ErrorKind::malformed);
  CHECK(problem("node[1-9999999999]") == ErrorKind::malformed);
  CHECK(problem(" a") == ErrorKind::malformed);
}

TEST_CASE("a short list can't ask for a huge one") {
  CHECK(problem("n[1-999999999]") == ErrorKind::too_large);
  CHECK(problem("a[1-9999]b[1-9999]c[1-9999]") == ErrorKind::too_large);
  CHECK(problem("n[1-60000,1-60000]") == ErrorKind::too_large);
  CHECK(problem("n[1-60000],m[1-60000]") == ErrorKind::too_large);
  CHECK(expanded("n[1-65536]").size() == 65536);
}
