#include "support/json.hpp"

#include "catch.hpp"

using preflight::parse_json;

TEST_CASE("good JSON is read") {
  const auto read = parse_json(R"({"a": [1, "]]]]{{{{", {"b": true}]})");
  REQUIRE(read);
  CHECK(read->at("a").at(2).at("b") == true);
}

TEST_CASE("bad JSON is an error with its place") {
  const auto truncated = parse_json("{\n  \"a\": [1,\n");
  REQUIRE_FALSE(truncated);
  CHECK(truncated.error().message.starts_with("line 3, column 1: "));
  const auto wrong = parse_json("{\n  \"a\": nope\n}");
  REQUIRE_FALSE(wrong);
  CHECK(wrong.error().message.starts_with("line 2, column "));
  CHECK_FALSE(parse_json(""));
  CHECK_FALSE(parse_json("\"\xFF\""));
  CHECK_FALSE(parse_json(std::string_view("\0", 1)));
}

TEST_CASE("nesting is bounded") {
  CHECK(parse_json(std::string(60, '[') + std::string(60, ']')));
  for (const auto* open : {"[", "{\"a\":"}) {
    std::string text;
    for (int depth = 0; depth < 100'000; ++depth) text += open;
    const auto read = parse_json(text);
    REQUIRE_FALSE(read);
    CHECK(read.error().message.find("nested deeper") != std::string::npos);
  }
}

TEST_CASE("a text of more values than memory should hold is an error") {
  std::string many = "[0";
  for (std::size_t count = 0; count < preflight::kMostJsonValues; ++count) many += ",0";
  CHECK(parse_json(many + "]"));
  const auto more = parse_json(many + ",0]");
  REQUIRE(!more);
  CHECK(more.error().message == "line 1, column 2000003: more than 1000000 values");
}
