#include "smoke/outcome.hpp"

#include "catch.hpp"

using namespace preflight;
using namespace preflight::smoke;

namespace {

const std::string kWrong =
    R"([{"size":4096,"index":61,"expected":"36","found":"44","count":2},{"size":64,"index":0}])";

void check_equal(const Outcome& left, const Outcome& right) {
  REQUIRE(left.wrong.size() == right.wrong.size());
  for (std::size_t place = 0; place < left.wrong.size(); ++place) {
    CHECK(to_text(left.wrong[place]) == to_text(right.wrong[place]));
    CHECK(left.wrong[place].rank == right.wrong[place].rank);
  }
  CHECK(left.failures == right.failures);
  CHECK(left.nanoseconds == right.nanoseconds);
  CHECK(left.again == right.again);
}

}  // namespace

TEST_CASE("a rank's facts are read as they were written") {
  const std::map<std::string, std::string> facts{{"nccl.version", "2.21.5"}, {"interfaces", ""}};
  const auto read = read_facts(7, write_facts("node-1", facts));
  CHECK(read.rank == 7);
  CHECK(read.host == "node-1");
  CHECK(read.facts == facts);
}

TEST_CASE("facts that can't be read are none, and the rank stays") {
  const auto* const text =
      GENERATE("", "{", "[]", "null", R"({"host":1,"facts":[]})", R"({"host":null,"facts":"x"})",
               R"({"facts":{"a":1,"b":null,"c":[],"d":{}}})", R"({"host":"\ud800)");
  INFO(text);
  const auto read = read_facts(3, text);
  CHECK(read.rank == 3);
  CHECK(read.host.empty());
  CHECK(read.facts.empty());
}

TEST_CASE("facts that aren't UTF-8 are repaired") {
  const auto read = read_facts(0, write_facts("node\xff", {{"NCCL_X", "\xc3"}}));
  CHECK(read.host == "node\xef\xbf\xbd");
  CHECK(read.facts.at("NCCL_X") == "\xef\xbf\xbd");
}

TEST_CASE("a conclusion is read as it was written") {
  const RankConclusion conclusion{kWrong, "ncclAllReduce returned 1", 1'234'567'890'123,
                                  R"({"network":["IB"]})"};
  const auto read = read_conclusion(write_conclusion(conclusion));
  CHECK(read.wrong == conclusion.wrong);
  CHECK(read.failure == conclusion.failure);
  CHECK(read.nanoseconds == conclusion.nanoseconds);
  CHECK(read.log == conclusion.log);
}

TEST_CASE("a conclusion that can't be read is a failure") {
  const auto whole = write_conclusion({kWrong, "", 1, "{}"});
  for (std::size_t size = 0; size < whole.size(); ++size) {
    INFO(whole.substr(0, size));
    REQUIRE_FALSE(read_conclusion(whole.substr(0, size)).failure.empty());
  }
  CHECK_FALSE(read_conclusion("[]").failure.empty());
  CHECK_FALSE(read_conclusion(std::string(100'000, '[')).failure.empty());
}

TEST_CASE("fields of other types count as left out") {
  const auto read = read_conclusion(R"({"wrong":[1],"failure":null,"nanoseconds":"7","log":{}})");
  CHECK(read.wrong.empty());
  CHECK(read.failure.empty());
  CHECK(read.nanoseconds == 0);
  CHECK(read.log.empty());
}

TEST_CASE("the outcome is what the ranks say together") {
  const auto outcome = outcome_of({{"", "", 1000, ""}, {kWrong, "", 3000, ""}, {"[]", "", 2000, ""}});
  REQUIRE(outcome.wrong.size() == 2);
  CHECK(to_text(outcome.wrong[0]) ==
        "rank 1, all-reduce of 4096 bytes: 2 wrong elements, the first at 61: 44 instead of 36");
  CHECK(outcome.wrong[1].size == 64);
  CHECK(outcome.failures.empty());
  CHECK(outcome.nanoseconds == 2000.0);
  CHECK_FALSE(outcome.again);
}

TEST_CASE("a time that one rank lacks is no mean") {
  CHECK_FALSE(outcome_of({{"", "", 1000, ""}, {"", "", 0, ""}}).nanoseconds);
  CHECK_FALSE(outcome_of({}).nanoseconds);
}

TEST_CASE("failures are told by rank") {
  const auto outcome = outcome_of({{"", "", 0, ""}, {"", "hung", 0, ""}, {"", "", 0, ""}});
  CHECK(outcome.failures == std::map<int, std::string>{{1, "hung"}});
}

TEST_CASE("wrong sums that can't be read are left out, and there are at most so many") {
  const auto* const text = GENERATE("[", "{}", "null", "[1,null,\"x\",[]]");
  CHECK(outcome_of({{text, "", 0, ""}}).wrong.empty());
  std::string many = "[{}";
  for (int count = 0; count < 5000; ++count) many += ",{}";
  CHECK(outcome_of({{many + "]", "", 0, ""}}).wrong.size() == kMostWrong);
}

TEST_CASE("an outcome is read as it was written") {
  auto outcome = outcome_of({{kWrong, "", 1000, ""}, {"", "hung", 1500, ""}});
  outcome.again = GENERATE(false, true);
  const auto read = read_outcome(write_outcome(outcome));
  REQUIRE(read);
  check_equal(*read, outcome);
}

TEST_CASE("an outcome cut off anywhere is malformed") {
  const auto whole = write_outcome(outcome_of({{kWrong, "x", 1000, ""}}));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    INFO(whole.substr(0, size));
    REQUIRE_FALSE(read_outcome(whole.substr(0, size)));
  }
}

TEST_CASE("an outcome of other types is malformed, or without them") {
  const auto* const malformed =
      GENERATE("[]", "null", "{}", R"({"failures":[]})", R"({"failures":{"1":2}})",
               R"({"failures":{"one":"x"}})", R"({"failures":{"99999999999999999999":"x"}})",
               R"({"failures":{"4294967296":"x"}})", R"({"failures":{"-1":"x"}})");
  INFO(malformed);
  CHECK_FALSE(read_outcome(malformed));
  const auto read = read_outcome(R"({"wrong":{"a":1},"failures":{},"again":"yes","nanoseconds":"soon"})");
  REQUIRE(read);
  CHECK(read->wrong.empty());
  CHECK_FALSE(read->again);
  CHECK_FALSE(read->nanoseconds);
}

TEST_CASE("huge numbers in an outcome are read without harm") {
  const auto read = read_outcome(
      R"({"wrong":[{"rank":1e300,"size":18446744073709551615,"index":-1,"count":9.5}],"failures":{},)"
      R"("nanoseconds":1e308})");
  REQUIRE(read);
  REQUIRE(read->wrong.size() == 1);
  CHECK(read->wrong[0].rank == 0);
  CHECK(read->wrong[0].count == 0);
  CHECK(read->nanoseconds == 1e308);
}
