#include "smoke/trouble.hpp"

#include "catch.hpp"

using namespace preflight;
using namespace preflight::smoke;

namespace {

using TextList = std::vector<std::string>;

Trouble trouble_of(TroubleKind kind, std::optional<int> rank, const std::string& host,
                   std::optional<Stage> stage = std::nullopt, const std::string& detail = "") {
  Trouble trouble;
  trouble.kind = kind;
  trouble.rank = rank;
  trouble.host = host;
  trouble.stage = stage;
  trouble.detail = detail;
  return trouble;
}

}  // namespace

TEST_CASE("one trouble is a sentence of its own") {
  auto trouble = trouble_of(TroubleKind::silent, 3, "node-4", Stage::all_reduce, "cut off");
  trouble.address = "10.0.0.4:41844";
  trouble.last_heard = Milliseconds(1'460);
  CHECK(summary_of({trouble}) == TextList{"rank 3 on node-4 (10.0.0.4:41844) is not heard any more at "
                                          "'all-reduce', last heard 1.5 s ago: cut off"});
  CHECK(summary_of(std::vector<Trouble>{}).empty());
}

TEST_CASE("ranks to which the same happened stand together, in the order in which it was first seen") {
  const auto hang = [](int rank, const std::string& host) {
    return trouble_of(TroubleKind::stuck, rank, host, Stage::all_reduce, "ncclAllReduce");
  };
  const auto died = trouble_of(TroubleKind::died, 4, "node-2", Stage::all_reduce);
  CHECK(summary_of({hang(7, "node-2"), died, hang(0, "node-1"), hang(1, "node-1"), hang(2, "node-1")}) ==
        TextList{"ranks 0-2,7 on node-1, node-2 did not get through 'all-reduce': ncclAllReduce",
                 "rank 4 on node-2 died at 'all-reduce'"});
}

TEST_CASE("another stage or detail is another trouble") {
  CHECK(summary_of({trouble_of(TroubleKind::stuck, 0, "a", Stage::init),
                    trouble_of(TroubleKind::stuck, 1, "a", Stage::context)})
            .size() == 2);
  CHECK(summary_of({trouble_of(TroubleKind::failed, 0, "a", Stage::init, "x"),
                    trouble_of(TroubleKind::failed, 1, "a", Stage::init, "y")})
            .size() == 2);
}

TEST_CASE("strangers are told one by one") {
  const auto stranger = trouble_of(TroubleKind::garbage, std::nullopt, "");
  CHECK(summary_of({stranger, stranger}).size() == 2);
  CHECK(summary_of({trouble_of(TroubleKind::no_server, std::nullopt, "node-1")}) ==
        TextList{"host node-1 can't be reached"});
}

TEST_CASE("of many hosts only some are named, and those who never came have none") {
  std::vector<Trouble> many;
  for (int rank = 0; rank < 100; ++rank) {
    many.push_back(trouble_of(TroubleKind::died, rank, "n" + std::to_string(rank)));
  }
  CHECK(summary_of(many) == TextList{"ranks 0-99 on n0, n1, n2, n3 and 96 more died"});
  CHECK(summary_of({trouble_of(TroubleKind::never_arrived, 2, ""),
                    trouble_of(TroubleKind::never_arrived, 3, "")}) == TextList{"ranks 2-3 never arrived"});
}

TEST_CASE("troubles are read as they were written") {
  auto whole = trouble_of(TroubleKind::stuck, 3, "node-4", Stage::communicator, "\"quoted\"\n");
  whole.address = "[fd00::1]:41844";
  whole.last_heard = Milliseconds(12);
  const std::vector<Trouble> troubles{whole, trouble_of(TroubleKind::other_token, std::nullopt, "")};
  const auto read = read_troubles(write_troubles(troubles));
  REQUIRE(read);
  REQUIRE(read->size() == 2);
  for (std::size_t place = 0; place < 2; ++place) {
    const auto& now = (*read)[place];
    CHECK(to_text(now) == to_text(troubles[place]));
    CHECK(now.kind == troubles[place].kind);
    CHECK(now.rank == troubles[place].rank);
    CHECK(now.stage == troubles[place].stage);
    CHECK(now.last_heard == troubles[place].last_heard);
  }
}

TEST_CASE("what is no list of troubles is malformed") {
  const auto* const text =
      GENERATE("", "[", "{}", "null", "[1]", "[{}]", R"([{"kind":"happy"}])", R"([{"kind":3}])");
  INFO(text);
  const auto read = read_troubles(text);
  REQUIRE_FALSE(read);
  CHECK(read.error().kind == ErrorKind::malformed);
}

TEST_CASE("a trouble's other fields may be missing or of other types") {
  const auto read = read_troubles(
      R"([{"kind":"died","rank":"3","host":4,"stage":"breakfast","last_heard_ms":1.5,"detail":null}])");
  REQUIRE(read);
  CHECK(to_text(read->front()) == "someone died");
}
