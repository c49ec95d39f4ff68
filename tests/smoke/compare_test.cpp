#include "smoke/compare.hpp"

#include "catch.hpp"

using namespace preflight::smoke;

TEST_CASE("equal facts are no difference") {
  CHECK(compare_facts({}).empty());
  CHECK(compare_facts({{0, "a", {{"x", "1"}}}}).empty());
  CHECK(compare_facts({{0, "a", {{"x", "1"}}}, {1, "b", {{"x", "1"}}}}).empty());
}

TEST_CASE("a difference tells who has which value, the majority first") {
  const auto differences = compare_facts({{3, "node-2", {{"nccl.version", "2.19.3"}, {"driver", "550"}}},
                                          {0, "node-1", {{"nccl.version", "2.21.5"}, {"driver", "550"}}},
                                          {1, "node-1", {{"nccl.version", "2.21.5"}, {"driver", "550"}}},
                                          {2, "node-2", {{"nccl.version", "2.21.5"}, {"driver", "550"}}}});
  REQUIRE(differences.size() == 1);
  const auto& values = differences[0].values;
  REQUIRE(values.size() == 2);
  CHECK(values[0].value == "2.21.5");
  CHECK(values[0].ranks == std::vector<int>{0, 1, 2});
  CHECK(values[0].hosts == std::vector<std::string>{"node-1", "node-2"});
  CHECK(values[1].value == "2.19.3");
  CHECK(to_text(differences[0]) == "nccl.version: 2.21.5 (ranks 0-2), but 2.19.3 (rank 3 on node-2)");
}

TEST_CASE("a variable that one rank lacks is a difference") {
  const auto differences = compare_facts({{0, "a", {{"NCCL_P2P_DISABLE", "1"}}}, {1, "b", {}}, {2, "c", {}}});
  REQUIRE(differences.size() == 1);
  CHECK(to_text(differences[0]) == "NCCL_P2P_DISABLE: not set (ranks 1-2), but 1 (rank 0 on a)");
}

TEST_CASE("without a majority the value of the first rank stands first") {
  const auto differences = compare_facts({{1, "b", {{"x", "A"}}}, {0, "a", {{"x", "B"}}}});
  REQUIRE(differences.size() == 1);
  CHECK(differences[0].values[0].value == "B");
}

TEST_CASE("many ranks are written as ranges, many hosts are counted") {
  CHECK(ranges_text({}).empty());
  CHECK(ranges_text({0, 1, 2, 4, 6, 7}) == "0-2,4,6-7");
  std::vector<RankFacts> ranks;
  for (int rank = 0; rank < 20; ++rank) {
    ranks.push_back({rank, "n" + std::to_string(rank), {{"x", rank < 14 ? "A" : "B"}}});
  }
  CHECK(to_text(compare_facts(ranks)[0]) ==
        "x: A (ranks 0-13), but B (ranks 14-19 on n14, n15, n16, n17 and 2 more)");
}

TEST_CASE("up to four hosts are named") {
  CHECK(hosts_text({}).empty());
  CHECK(hosts_text({"a"}) == "a");
  CHECK(hosts_text({"a", "b", "c", "d"}) == "a, b, c, d");
  CHECK(hosts_text({"a", "b", "c", "d", "e"}) == "a, b, c, d and 1 more");
}
