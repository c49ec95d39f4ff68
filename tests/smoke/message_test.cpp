#include "smoke/message.hpp"

#include "catch.hpp"
#include "smoke/trouble.hpp"

using namespace preflight::smoke;

TEST_CASE("messages come back as they were written") {
  Message hello;
  hello.kind = MessageKind::hello;
  hello.version = kProtocolVersion;
  hello.nonce = "n";
  hello.server_nonce = "s";
  hello.rank = 3;
  hello.world = 8;
  hello.host = "node-\xFF";
  const auto read = read_message(write_message(hello));
  REQUIRE(read);
  CHECK(read->kind == MessageKind::hello);
  CHECK(read->rank == 3);
  CHECK(read->world == 8);
  CHECK(read->host == "node-\xEF\xBF\xBD");

  Message meet;
  meet.kind = MessageKind::meet;
  meet.stage = Stage::all_reduce;
  meet.text = "{}";
  CHECK(read_message(write_message(meet))->stage == Stage::all_reduce);
  CHECK(read_message(write_message(Message{}))->kind == MessageKind::beat);
}

TEST_CASE("a message that lacks something is an error") {
  for (
      const auto* text :
      {"", "[]", "7", "{}", R"({"is":7})", R"({"is":"dance"})", R"({"is":"meet","stage":"verify"})",
       R"({"is":"stage","stage":"lunch"})", R"({"is":"hello","version":1,"nonce":"a","server_nonce":"b"})",
       R"({"is":"hello","version":1,"nonce":"a","server_nonce":"b","rank":-1,"world":8,"host":"h"})",
       R"({"is":"hello","version":1,"nonce":"a","server_nonce":"b","rank":1e99,"world":8,"host":"h"})",
       R"({"is":"hello","version":1,"nonce":"a","server_nonce":"b","rank":0,"world":99999999,"host":"h"})"}) {
    INFO(text);
    CHECK_FALSE(read_message(text));
  }
  // What else another version greets with isn't held against it.
  CHECK(read_message(R"({"is":"hello","version":2,"nonce":"a"})")->version == 2);
}

TEST_CASE("troubles are told in a sentence and to the other ranks") {
  Trouble trouble;
  trouble.kind = TroubleKind::stuck;
  trouble.rank = 3;
  trouble.host = "node-4";
  trouble.address = "10.0.0.4:1234";
  trouble.stage = Stage::communicator;
  trouble.last_heard = Milliseconds(440);
  CHECK(to_text(trouble) ==
        "rank 3 on node-4 (10.0.0.4:1234) did not get through 'communicator', last heard 0.4 s ago");
  Trouble stranger;
  stranger.kind = TroubleKind::garbage;
  stranger.address = "10.0.0.9:1";
  stranger.detail = "'GET /'";
  CHECK(to_text(stranger) == "someone (10.0.0.9:1) sends what isn't the protocol's: 'GET /'");

  trouble.log = "a warning";
  const auto read = read_troubles(write_troubles({trouble, stranger}));
  REQUIRE(read);
  REQUIRE(read->size() == 2);
  CHECK(to_text((*read)[0]) == to_text(trouble));
  CHECK(to_text((*read)[1]) == to_text(stranger));
  for (const auto* text : {"", "{}", "[7]", "[{}]", R"([{"kind":"boredom"}])"})
    CHECK_FALSE(read_troubles(text));
}

TEST_CASE("ranks to which the same happened stand together") {
  std::vector<Trouble> troubles;
  for (const int rank : {1, 0, 2, 3}) {
    Trouble trouble;
    trouble.kind = rank == 3 ? TroubleKind::failed : TroubleKind::lost_another;
    trouble.rank = rank;
    trouble.host = "node-" + std::to_string(rank / 2);
    trouble.stage = Stage::all_reduce;
    trouble.detail = rank == 3 ? "its process crashed" : "ncclAllReduce returned 6";
    trouble.log = rank == 3 ? "" : "rank " + std::to_string(rank) + " gives up";
    troubles.push_back(trouble);
  }
  sort_by_cause(troubles);
  CHECK(summary_of(troubles) ==
        std::vector<std::string>{"rank 3 on node-1 failed at 'all-reduce': its process crashed",
                                 "ranks 0-2 on node-0, node-1 lost another rank at 'all-reduce': "
                                 "ncclAllReduce returned 6; NCCL on rank 1: rank 1 gives up"});
}
