#include "smoke/frame.hpp"

#include <string>

#include "catch.hpp"

using preflight::smoke::encode_frame;
using preflight::smoke::FrameReader;
using preflight::smoke::key_from_text;
using preflight::smoke::new_nonce;
using preflight::smoke::same_digest;
using preflight::smoke::Sender;
using preflight::smoke::session_key;
using preflight::smoke::sign;

TEST_CASE("frames come out as they went in, however the stream is cut") {
  const auto digest = sign(key_from_text("t"), Sender::client, 7, "a");
  const std::string stream =
      encode_frame(digest, "first") + encode_frame(digest, "") + encode_frame(digest, std::string(3, '\0'));
  for (std::size_t piece = 1; piece <= stream.size(); ++piece) {
    FrameReader reader(100);
    std::vector<std::string> payloads;
    for (std::size_t at = 0; at < stream.size(); at += piece) {
      reader.append(std::string_view(stream).substr(at, piece));
      while (const auto frame = reader.next()) {
        CHECK(same_digest(frame->digest, digest));
        payloads.push_back(frame->payload);
      }
    }
    CHECK(payloads == std::vector<std::string>{"first", "", std::string(3, '\0')});
    CHECK(reader.rest().empty());
  }
}

TEST_CASE("what isn't a frame is noticed at its first wrong byte") {
  FrameReader reader(100);
  reader.append("GET / HTTP/1.1\r\n");
  CHECK_FALSE(reader.next());
  CHECK(reader.problem() == FrameReader::Problem::garbage);

  FrameReader begun(100);
  begun.append("gp");
  CHECK_FALSE(begun.next());
  CHECK(begun.problem() == FrameReader::Problem::none);
  begun.append("x");
  CHECK_FALSE(begun.next());
  CHECK(begun.problem() == FrameReader::Problem::garbage);
}

TEST_CASE("a frame over the limit is refused by its head") {
  FrameReader reader(4);
  reader.append(encode_frame({}, "12345").substr(0, preflight::smoke::kFrameHead));
  CHECK_FALSE(reader.next());
  CHECK(reader.problem() == FrameReader::Problem::too_large);
}

TEST_CASE("a signature depends on everything that it covers") {
  const auto key = key_from_text("secret");
  const auto digest = sign(key, Sender::client, 1, "text");
  CHECK(same_digest(digest, sign(key, Sender::client, 1, "text")));
  CHECK_FALSE(same_digest(digest, sign(key_from_text("secret "), Sender::client, 1, "text")));
  CHECK_FALSE(same_digest(digest, sign(key, Sender::server, 1, "text")));
  CHECK_FALSE(same_digest(digest, sign(key, Sender::client, 2, "text")));
  CHECK_FALSE(same_digest(digest, sign(key, Sender::client, 1, "Text")));
  CHECK(session_key(key, "ab", "c") != session_key(key, "a", "bc"));
  CHECK(new_nonce() != new_nonce());
  CHECK(new_nonce().size() == 32);
}
