#include "smoke/groups.hpp"

#include "catch.hpp"

using namespace preflight;
using namespace preflight::smoke;

TEST_CASE("without groups all ranks are in one") {
  const auto place = place_in({}, 5, 8);
  CHECK(place.group == 0);
  CHECK(place.first == 0);
  CHECK(place.rank == 5);
  CHECK(place.count == 8);
}

TEST_CASE("a rank's place is counted within its group, whatever the groups' order") {
  struct Row {
    int rank, group, first, rank_in_group, count;
  };
  const Groups groups{{7, 0, 7, 0, 3, 7}};
  for (const auto& row : {Row{0, 7, 0, 0, 3}, Row{1, 0, 1, 0, 2}, Row{2, 7, 0, 1, 3}, Row{3, 0, 1, 1, 2},
                          Row{4, 3, 4, 0, 1}, Row{5, 7, 0, 2, 3}}) {
    INFO("rank " << row.rank);
    const auto place = place_in(groups, row.rank, 6);
    CHECK(place.group == row.group);
    CHECK(place.first == row.first);
    CHECK(place.rank == row.rank_in_group);
    CHECK(place.count == row.count);
  }
}

TEST_CASE("groups are read as they were written") {
  const auto groups =
      GENERATE(values<Groups>({{}, {{0, 0, 1, 1}}, {{3, 2, 1, 0}}, {{kRests, 0, 0, kRests}}}));
  const auto read = read_groups(write_groups(groups), 4);
  REQUIRE(read);
  CHECK(*read == groups);
}

TEST_CASE("what is no list of groups is told") {
  const auto* const text =
      GENERATE("", "[", "{}", "null", "4", "\"0011\"", "[0,0,1]", "[0,0,1,1,1]", "[0,0,1,\"1\"]",
               "[0,0,1,1.5]", "[0,0,1,null]", "[0,0,1,[1]]", "[0,0,1,1", "[0,0,1,-2]", "[0,0,1,4294967296]",
               "[0,0,1,99999999999999999999]", "[0,0,1,65536]");
  INFO(text);
  const auto read = read_groups(text, 4);
  REQUIRE_FALSE(read);
  CHECK(read.error().kind == ErrorKind::malformed);
}
