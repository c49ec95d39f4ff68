#include "support/json_reader.hpp"

#include <string>

#include "catch.hpp"
#include "support/json.hpp"

using namespace preflight;

TEST_CASE("the reader accepts what the parser of the other files accepts") {
  for (const std::string text : {"{}",
                                 "[]",
                                 "[1, -0, 1.5e-3, 0.1, 1E+5]",
                                 R"({"a": [true, false, null], "b": {"c": "\u00e9\ud83d\ude00\n\/"}})",
                                 " \t\r\n7 ",
                                 "\"\x7f\"",
                                 "",
                                 "[",
                                 "{",
                                 "[1,]",
                                 "{\"a\"}",
                                 "{\"a\":}",
                                 "{a: 1}",
                                 "01",
                                 "-",
                                 "1.",
                                 ".5",
                                 "1e",
                                 "+1",
                                 "tru",
                                 "nulll",
                                 "\"\\x\"",
                                 "\"\\u12\"",
                                 "\"\\ud800\"",
                                 "\"\\udc00x\"",
                                 "\"\n\"",
                                 "\"abc",
                                 "[1] 2",
                                 "'a'",
                                 "NaN",
                                 "[1 2]",
                                 "{\"a\": 1 \"b\": 2}",
                                 "{\"a\": 1,}",
                                 "//",
                                 "\"\\"}) {
    INFO(text);
    DecodedStrings decoded;
    JsonReader reader(text, decoded);
    const bool is_good = reader.skip() && reader.end();
    CHECK(is_good == static_cast<bool>(parse_json(text)));
  }
}

TEST_CASE("an object that is passed over ends where it does when it is read") {
  for (const auto* text :
       {R"({})", R"( {"a": 1, "b": [2, {"c": "}"}]} )", R"({"a\"}": "\\", "b": {"{": "\\\"}"}},)",
        R"({"\u0022": {"x": {"y": []}}}, "next")"}) {
    INFO(text);
    DecodedStrings decoded;
    JsonReader read(text, decoded);
    JsonReader passed(text, decoded);
    CHECK(read.skip());
    passed.pass_object();
    CHECK(passed.offset() == read.offset());
  }
  for (const std::string_view damaged : {"", "{", "{\"", "{\"a\\", "}", "{\"a\": {", "x"}) {
    DecodedStrings decoded;
    JsonReader reader(damaged, decoded);
    reader.pass_object();
    CHECK(reader.offset() == damaged.size());
  }
}

TEST_CASE("places inside a string are found behind escapes") {
  const std::string text = R"(["a\"b\u00e9c\ud83d\ude00d\\e"])";
  // Decoded: a " b é(2 bytes) c 😀(4 bytes) d \ e
  const auto at = [&](std::size_t decoded) { return text[offset_in_string(text, 1, decoded)]; };
  CHECK(at(0) == 'a');
  CHECK(at(1) == '\\');
  CHECK(at(2) == 'b');
  CHECK(at(3) == '\\');
  CHECK(at(5) == 'c');
  CHECK(at(6) == '\\');
  CHECK(at(10) == 'd');
  CHECK(at(12) == 'e');
  CHECK(at(13) == '"');
  CHECK(offset_in_string("\"", 0, 5) == 1);
}

TEST_CASE("bytes that are not UTF-8 are found") {
  CHECK(first_bad_byte("plain") == std::string_view::npos);
  CHECK(first_bad_byte("\xc3\xa9") == std::string_view::npos);
  CHECK(first_bad_byte("ab\xff") == 2);
  CHECK(first_bad_byte("ab\xc3") == 2);
  CHECK(first_bad_byte(std::string_view("a\0b", 3)) == 1);
}
