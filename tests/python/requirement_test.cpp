#include "python/requirement.hpp"

#include <string>

#include "catch.hpp"
#include "python/name.hpp"

using namespace preflight::python;

namespace {

std::string printed_requirement(const std::string& text) {
  const auto requirement = parse_requirement(text);
  return requirement ? to_text(*requirement) : "invalid: " + requirement.error().message;
}

}  // namespace

TEST_CASE("names are normalized as PEP 503 says") {
  CHECK(normalize_name("Foo.Bar__baz-.-Qux") == "foo-bar-baz-qux");
  CHECK(normalize_name("-a-") == "-a-");
  CHECK(normalize_name("").empty());
}

TEST_CASE("a requirement has a name, extras, specifiers and a marker") {
  const auto requirement =
      parse_requirement(" Torch_Vision [b, a,b] (>=0.17, <1) ; python_version >= '3.8' ");
  REQUIRE(requirement);
  CHECK(requirement->name == "Torch_Vision");
  CHECK(requirement->normalized_name == "torch-vision");
  CHECK(requirement->extras == std::vector<std::string>{"a", "b"});
  CHECK(requirement->specifiers.size() == 2);
  CHECK(requirement->url.empty());
  REQUIRE(requirement->marker);
  CHECK(to_text(*requirement) == "Torch_Vision[a,b]<1,>=0.17; python_version >= \"3.8\"");
}

TEST_CASE("the least and the oddest requirements") {
  CHECK(printed_requirement("a") == "a");
  CHECK(printed_requirement("a[]") == "a");
  CHECK(printed_requirement("a_") == "a_");
  CHECK(printed_requirement("a()") == "a");
  CHECK(printed_requirement("a>=1,") == "a>=1");
  CHECK(printed_requirement("a;os_name=='b'") == "a; os_name == \"b\"");
  CHECK(printed_requirement("a===1.0;os_name=='b'") == "a===1.0; os_name == \"b\"");
  CHECK(printed_requirement("a (===1.0)") == "a===1.0");
  CHECK(printed_requirement("a===x,>=2") == "a===x,>=2");
}

TEST_CASE("a requirement may name a URL") {
  const auto requirement =
      parse_requirement("a[x] @ https://example.org/a.whl#sha256=0;b ; os_name == 'posix'");
  REQUIRE(requirement);
  CHECK(requirement->url == "https://example.org/a.whl#sha256=0;b");
  CHECK(requirement->specifiers.empty());
  CHECK(to_text(*requirement) == "a[x] @ https://example.org/a.whl#sha256=0;b ; os_name == \"posix\"");
  CHECK(printed_requirement("a@x") == "a @ x");
  CHECK(printed_requirement("a @ x ") == "a @ x");
  CHECK(printed_requirement("a @") == "invalid: expected a URL after \"@\" at byte 3");
}

TEST_CASE("what is no requirement is malformed, with the place") {
  CHECK(printed_requirement("") == "invalid: expected a package name at byte 0");
  CHECK(printed_requirement("a; os_nam == 'b'") ==
        "invalid: expected a marker variable or a quoted text at byte 1 of the marker");
  for (const std::string text : {"-a",          "a-",
                                 "a.",          "a b",
                                 "a[",          "a[b",
                                 "a[b c]",      "a[b,]",
                                 "a[,b]",       "a[b-]",
                                 "a>=",         "a>=1 <2",
                                 "a>=1.*",      "a==1.0.*.1",
                                 "a~=1",        "a(>=1",
                                 "a>=1)",       "a ; ",
                                 "a;",          "a\n",
                                 "a >=1 @ x",   "a @ x; os_name == 'b'x",
                                 "a===1, >=2",  "a===x,2",
                                 "\xC3\xA9",    "a\xFF",
                                 "a>=1;os_name"}) {
    INFO(text);
    CHECK_FALSE(parse_requirement(text));
  }
  CHECK_FALSE(parse_requirement(std::string("a\0", 2)));
}

TEST_CASE("a huge requirement takes one pass") {
  std::string text = "a[";
  for (int i = 0; i < 100000; ++i) text += "x" + std::to_string(i) + ",";
  text += "y]";
  for (int i = 0; i < 100000; ++i) text += ">=1.0,";
  const auto requirement = parse_requirement(text);
  REQUIRE(requirement);
  CHECK(requirement->extras.size() == 100001);
  CHECK(requirement->specifiers.size() == 100000);
}
