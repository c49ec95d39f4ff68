#include "python/version.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "catch.hpp"

using preflight::python::parse_version;
using preflight::python::Version;

namespace {

Version version(const std::string& text) {
  const auto parsed = parse_version(text);
  REQUIRE(parsed);
  return *parsed;
}

std::string normalized(const std::string& text) {
  const auto parsed = parse_version(text);
  return parsed ? parsed->text() : "invalid";
}

}  // namespace

TEST_CASE("every spelling of a version has one normalized text") {
  CHECK(normalized("1") == "1");
  CHECK(normalized(" v1.0 \n") == "1.0");
  CHECK(normalized("\xC2\xA0"
                   "1.0\xE2\x80\x83") == "1.0");
  CHECK(normalized("007!01.002") == "7!1.2");
  CHECK(normalized("0!1.0") == "1.0");
  CHECK(normalized("1.0ALPHA") == "1.0a0");
  CHECK(normalized("1.0-beta_2") == "1.0b2");
  CHECK(normalized("1.0.c1") == "1.0rc1");
  CHECK(normalized("1.0preview.3") == "1.0rc3");
  CHECK(normalized("1.0-4") == "1.0.post4");
  CHECK(normalized("1.0r") == "1.0.post0");
  CHECK(normalized("1.0_rev-5") == "1.0.post5");
  CHECK(normalized("1.0a.post.dev") == "1.0a0.post0.dev0");
  CHECK(normalized("2.2.0+CU118-01_x") == "2.2.0+cu118.1.x");
  CHECK(normalized("1.0a-1") == "1.0a1");
  CHECK(normalized("1.0.post-1") == "1.0.post1");
}

TEST_CASE("what PEP 440 doesn't allow is malformed") {
  for (const std::string text : {"",
                                 " ",
                                 "v",
                                 "1.",
                                 ".1",
                                 "1..2",
                                 "1.0.*",
                                 "v v1",
                                 "v 1",
                                 "1.0+",
                                 "1.0+a+b",
                                 "1.0+a..b",
                                 "1.0-",
                                 "!1",
                                 "1!",
                                 "1!!2",
                                 "1.0.dev1.dev2",
                                 "1.0.post1a1",
                                 "1.0--1",
                                 "1.0 a1",
                                 "dev",
                                 "1.0+\xC3\xA9",
                                 "1.0po\xC5\xBFt1",
                                 "1x",
                                 "+1"}) {
    INFO(text);
    CHECK_FALSE(parse_version(text));
  }
  CHECK_FALSE(parse_version(std::string("1.0\0", 4)));
}

TEST_CASE("versions have PEP 440's order") {
  const std::vector<std::string> ascending = {
      "1.0.dev1",       "1.0.dev1+a", "1.0.dev2",    "1.0a1.dev1", "1.0a1",   "1.0a1.post1.dev1",
      "1.0a1.post1",    "1.0a2",      "1.0b1",       "1.0rc1",     "1.0rc10", "1.0",
      "1.0+a",          "1.0+a.b",    "1.0+1",       "1.0+1.a",    "1.0+1.1", "1.0+10",
      "1.0.post0.dev3", "1.0.post0",  "1.0.post0+x", "1.0.post2",  "1.0.1",   "1.1",
      "1.10",           "2.0.dev0",   "1!0.1",       "2!0",        "10!0"};
  for (std::size_t i = 0; i < ascending.size(); ++i) {
    for (std::size_t j = 0; j < ascending.size(); ++j) {
      INFO(ascending[i] << " and " << ascending[j]);
      CHECK((version(ascending[i]) < version(ascending[j])) == (i < j));
      CHECK((version(ascending[i]) == version(ascending[j])) == (i == j));
    }
  }
}

TEST_CASE("trailing zeros and spelling don't matter for equality") {
  CHECK(version("1") == version("1.0.0"));
  CHECK(version("0.0") == version("0"));
  CHECK(version("1.0c1") == version("1rc1"));
  CHECK(version("1.0+ABC.01") == version("1.0+abc.1"));
  CHECK(version("1.0.dev0") != version("1.0.dev"
                                       "1"));
}

TEST_CASE("numbers of any length are compared by value") {
  const std::string huge(5000, '9');
  CHECK(version("18446744073709551616") > version("18446744073709551615"));
  CHECK(version("1." + huge + "1") > version("1." + huge));
  CHECK(version("1.0+" + huge) > version("1.0+1"));
  CHECK(version(std::string(5000, '0') + "7") == version("7"));
}

TEST_CASE("a version tells its parts") {
  const Version full = version("3!1.2.0rc4.post5.dev6+Local.7");
  CHECK(full.epoch() == "3");
  CHECK(full.release() == "1.2.0");
  CHECK(full.pre() == "rc4");
  CHECK(full.post() == "5");
  CHECK(full.dev() == "6");
  CHECK(full.local() == "local.7");
  CHECK(full.public_text() == "3!1.2.0rc4.post5.dev6");
  CHECK(full.base_text() == "3!1.2.0");
  CHECK(full.is_prerelease());

  const Version plain = version("2.2");
  CHECK(plain.epoch() == "0");
  CHECK(plain.pre().empty());
  CHECK(plain.post().empty());
  CHECK(plain.dev().empty());
  CHECK(plain.local().empty());
  CHECK_FALSE(plain.is_prerelease());
  CHECK_FALSE(version("1.0.post1").is_prerelease());
  CHECK(version("1.0.post1").is_postrelease());
  CHECK(version("1.0.post1.dev0").is_devrelease());
  CHECK(Version().text() == "0");
}

TEST_CASE("a text of a million segments is read in one pass") {
  std::string text = "1";
  for (int i = 0; i < 500000; ++i) text += ".0";
  CHECK(version(text) == version("1"));
  CHECK_FALSE(parse_version(text + "."));
  CHECK_FALSE(parse_version(std::string(1000000, '\n')));
}
