#include "support/text.hpp"

#include "catch.hpp"
#include "support/utf8.hpp"

using namespace preflight;

TEST_CASE("text is cut into pieces, lines and words") {
  CHECK(split("a,,b", ',') == std::vector<std::string_view>{"a", "", "b"});
  CHECK(split("", ',').empty());
  CHECK(split(",", ',') == std::vector<std::string_view>{"", ""});
  CHECK(lines("a\r\nb\n\nc") == std::vector<std::string_view>{"a", "b", "", "c"});
  CHECK(lines("a\n") == std::vector<std::string_view>{"a"});
  CHECK(words("  a\t b\n") == std::vector<std::string_view>{"a", "b"});
  CHECK(words(" \n").empty());
  CHECK(trim(" \t a b \r\n") == "a b");
  CHECK(trim("  ").empty());
  CHECK(join({"a", "b", "c"}, ", ") == "a, b, c");
  CHECK(join({"", "b"}, "/") == "/b");
}

TEST_CASE("whole numbers only") {
  CHECK(to_integer("42") == 42);
  CHECK(to_integer("-1") == -1);
  for (const auto* text : {"", " 1", "1 ", "1.0", "0x10", "99999999999999999999"}) {
    INFO(text);
    CHECK_FALSE(to_integer(text).has_value());
  }
}

TEST_CASE("text becomes well-formed UTF-8") {
  const std::string mark = "\xEF\xBF\xBD";
  CHECK(to_valid_utf8("caf\xC3\xA9 \xF0\x9F\x98\x80") == "caf\xC3\xA9 \xF0\x9F\x98\x80");
  CHECK(to_valid_utf8("a\xFF"
                      "b") == "a" + mark + "b");
  CHECK(to_valid_utf8("\xC3") == mark);                                   // truncated
  CHECK(to_valid_utf8("\xC0\xAF") == mark + mark);                        // overlong
  CHECK(to_valid_utf8("\xED\xA0\x80") == mark + mark + mark);             // surrogate
  CHECK(to_valid_utf8("\xF4\x90\x80\x80") == mark + mark + mark + mark);  // above U+10FFFF
  CHECK(to_valid_utf8(std::string_view("a\0b", 3)) == "a" + mark + "b");
}

TEST_CASE("code points become UTF-8") {
  std::string text;
  for (const std::uint32_t code_point : {0x41U, 0xE9U, 0x20ACU, 0x1F600U})
    CHECK(append_utf8(text, code_point));
  CHECK(text == "A\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80");
  CHECK(to_valid_utf8(text) == text);
  for (const std::uint32_t code_point : {0xD800U, 0xDFFFU, 0x110000U})
    CHECK_FALSE(append_utf8(text, code_point));
  CHECK(text.size() == 10);
}
