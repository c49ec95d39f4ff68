#include "support/version.hpp"

#include "catch.hpp"

using preflight::leading_dotted_version;
using preflight::parse_dotted_version;

namespace {

auto version(std::string_view text) {
  auto parsed = parse_dotted_version(text);
  REQUIRE(parsed);
  return *parsed;
}

}  // namespace

TEST_CASE("dotted versions compare number by number") {
  CHECK(version("535.104.05") < version("535.104.12"));
  CHECK(version("535.54.03") < version("535.104.05"));
  CHECK(version("9.10.2") > version("9.9.0"));
  CHECK(version("525") < version("525.60.13"));
  CHECK(version("12.1") == version("12.1.0"));
  CHECK(version("535.104.5") == version("535.104.05"));
}

TEST_CASE("what is no dotted version is malformed") {
  for (const auto* text : {"", ".", "12.", ".1", "12..1", "12.1a", " 12.1", "-1", "12.1-rc", "1234567890"}) {
    INFO(text);
    CHECK_FALSE(parse_dotted_version(text));
  }
  std::string long_text = "1";
  for (int count = 0; count < 1000; ++count) long_text += ".1";
  CHECK_FALSE(parse_dotted_version(long_text));
}

TEST_CASE("the version that a text begins with") {
  CHECK(leading_dotted_version("6.1.0-18-amd64") == "6.1.0");
  CHECK(leading_dotted_version("5.15.153.1-microsoft-standard-WSL2") == "5.15.153.1");
  CHECK(leading_dotted_version("12.4.") == "12.4");
  CHECK(leading_dotted_version("v12") == "");
  CHECK(leading_dotted_version("") == "");
}
