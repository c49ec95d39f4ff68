#include "python/specifier.hpp"

#include <string>

#include "catch.hpp"

using namespace preflight::python;

namespace {

bool admits(const std::string& specifiers, const std::string& text,
            Prereleases prereleases = Prereleases::allow) {
  INFO(specifiers << " for " << text);
  const auto set = parse_specifier_set(specifiers);
  const auto version = parse_version(text);
  REQUIRE(set);
  REQUIRE(version);
  return contains(*set, *version, prereleases);
}

}  // namespace

TEST_CASE("ordered comparisons leave local labels aside") {
  CHECK(admits(">=1.0", "1.0+cu118"));
  CHECK(admits("<=1.0", "1.0+cu118"));
  CHECK_FALSE(admits(">1.0", "1.0+cu118"));
  CHECK_FALSE(admits("<1.0", "1.0+cu118"));
  CHECK(admits(">=1.0", "1.0.0"));
}

TEST_CASE("exclusive comparisons leave out the family of their version") {
  CHECK_FALSE(admits(">1.7", "1.7.0.post1"));
  CHECK(admits(">1.7", "1.7.1"));
  CHECK(admits(">1.7.post2", "1.7.0.post3"));
  CHECK_FALSE(admits(">1.7.post2", "1.7.0.post2+local"));
  CHECK_FALSE(admits(">1.7a1", "1.7a1.post1"));
  CHECK(admits(">1.7a1", "1.7a2"));
  CHECK(admits(">1.7.dev1", "1.7"));
  CHECK_FALSE(admits(">1.7.dev1", "1.7.dev1+local"));

  CHECK_FALSE(admits("<3.1", "3.1.dev0"));
  CHECK_FALSE(admits("<3.1", "3.1rc1"));
  CHECK(admits("<3.1", "3.0.dev0"));
  CHECK(admits("<3.1rc1", "3.1a1"));
  CHECK(admits("<3.1.post1", "3.1a1"));
  CHECK(admits("<3.1.post1", "3.1"));
  CHECK_FALSE(admits("<3.1.post1", "3.1.post1.dev1"));
  CHECK_FALSE(admits("<0.dev0", "0.dev0"));
}

TEST_CASE("equality looks at local labels only when it names one") {
  CHECK(admits("==2.2.0", "2.2.0+cu118"));
  CHECK(admits("==2.2.0+cu118", "2.2+CU118"));
  CHECK_FALSE(admits("==2.2.0+cu118", "2.2.0"));
  CHECK_FALSE(admits("!=2.2.0", "2.2.0+cu118"));
  CHECK(admits("!=2.2.0+cu118", "2.2.0+cu121"));
}

TEST_CASE("a prefix matches whole numbers, in one epoch") {
  CHECK(admits("==1.1.*", "1.1"));
  CHECK(admits("==1.1.*", "1.1.0.post1"));
  CHECK(admits("==1.1.*", "1.1a1"));
  CHECK(admits("==1.0.*", "1+local"));
  CHECK_FALSE(admits("==1.1.*", "1.10"));
  CHECK_FALSE(admits("==1.1.*", "1!1.1"));
  CHECK(admits("!=1.1.*", "1.2"));
  CHECK_FALSE(admits("!=1.1.*", "1.1.dev1"));
}

TEST_CASE("a compatible release keeps all numbers but the last") {
  CHECK(admits("~=2.2", "2.3"));
  CHECK_FALSE(admits("~=2.2", "3.0"));
  CHECK_FALSE(admits("~=2.2", "2.2rc1"));
  CHECK(admits("~=1.4.5a4", "1.4.9"));
  CHECK_FALSE(admits("~=1.4.5.0", "1.4.6"));
  CHECK(admits("~=2.2.post3", "2.2.post3"));
  CHECK_FALSE(admits("~=2.2.post3", "2.2"));
  CHECK_FALSE(admits("~=2.2", "1!2.3"));
}

TEST_CASE("arbitrary equality compares texts") {
  CHECK(admits("===1.0", "1.0"));
  CHECK_FALSE(admits("===1.0", "1.0.0"));
  CHECK(admits("===1.0+CU", "1.0+cu"));
  CHECK_FALSE(admits("===", "1.0"));
  CHECK(contains(*parse_specifier("=== foo "), "FOO"));
  CHECK_FALSE(contains(*parse_specifier("==1.0"), "foo"));
}

TEST_CASE("all specifiers of a set must hold") {
  CHECK(admits(">=1.0, <2.0 ,!=1.5", "1.4"));
  CHECK_FALSE(admits(">=1.0,<2.0,!=1.5", "1.5.0"));
  CHECK(admits("", "1.0.dev0"));
  CHECK(admits(",,>=1,", "1"));
}

TEST_CASE("pre-releases can be left out") {
  CHECK(admits(">=1.0", "1.1a1"));
  CHECK_FALSE(admits(">=1.0", "1.1a1", Prereleases::exclude));
  CHECK_FALSE(admits("", "1.1.dev1", Prereleases::exclude));
  CHECK(admits(">=1.0", "1.1", Prereleases::exclude));
}

TEST_CASE("what is no specifier is malformed") {
  for (const std::string text : {"1.0",     "=1.0",    "~=1",          ">=1.0+local", "~=1.0+local",
                                 ">=1.0.*", "~=1.0.*", "==1.0.dev1.*", "==1.0.*.1",   "==1.0.*+a",
                                 ">",       "==",      ">=1.0 <2",     "=>1.0",       "===a b",
                                 "===a;b",  "===a)",   "<>1.0",        ">=1.0;",      "~==1.0",
                                 "==foo",   "== 1.0 a"}) {
    INFO(text);
    CHECK_FALSE(parse_specifier_set(text));
  }
}

TEST_CASE("a set prints sorted and without repetition, as pip prints it") {
  CHECK(to_text(*parse_specifier_set(">= 2 , !=3.0.*,<5")) == "!=3.0.*,<5,>=2");
  CHECK(to_text(*parse_specifier_set("==1.0,==1.0.0,==v1")) == "==1.0");
  CHECK(to_text(*parse_specifier_set("~=1.0,~=1.0.0")) == "~=1.0,~=1.0.0");
  CHECK(to_text(*parse_specifier_set("")).empty());
}

TEST_CASE("a huge set takes one pass") {
  std::string text;
  for (int i = 0; i < 100000; ++i) text += "==1.0" + std::string(static_cast<std::size_t>(i % 7), '0') + ",";
  const auto set = parse_specifier_set(text);
  REQUIRE(set);
  CHECK(set->size() == 100000);
  CHECK(to_text(*set).size() < 100);
}
