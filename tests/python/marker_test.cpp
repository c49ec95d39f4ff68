#include "python/marker.hpp"

#include <string>

#include "catch.hpp"

using namespace preflight::python;

namespace {

MarkerEnvironment linux_environment() {
  MarkerEnvironment environment;
  environment.implementation_name = "cpython";
  environment.implementation_version = "3.11.7";
  environment.os_name = "posix";
  environment.platform_machine = "x86_64";
  environment.platform_python_implementation = "CPython";
  environment.platform_system = "Linux";
  environment.python_full_version = "3.11.7";
  environment.python_version = "3.11";
  environment.sys_platform = "linux";
  return environment;  // platform_release and platform_version are unknown
}

std::string answer(const std::string& text, const std::string& extra = {},
                   const MarkerEnvironment& environment = linux_environment()) {
  const auto marker = parse_marker(text);
  if (!marker) return "invalid: " + marker.error().message;
  const auto truth = evaluate(*marker, environment, extra);
  if (!truth) return "undefined";
  return *truth == Truth::yes ? "yes" : (*truth == Truth::no ? "no" : "unknown");
}

std::string printed(const std::string& text) {
  const auto marker = parse_marker(text);
  return marker ? to_text(*marker) : "invalid: " + marker.error().message;
}

std::string enclosed(std::size_t depth, const std::string& text) {
  std::string result(depth, '(');
  result += text;
  result.append(depth, ')');
  return result;
}

}  // namespace

TEST_CASE("versions are compared as versions and texts as texts") {
  CHECK(answer("python_version >= '3.8'") == "yes");
  CHECK(answer("python_version < '3.9'") == "no");
  CHECK(answer("'3.8' <= python_version") == "yes");
  CHECK(answer("python_version in '3.10 3.11'") == "yes");
  CHECK(answer("python_version not in '3.10 3.11'") == "no");
  CHECK(answer("python_version ~= '3.7'") == "yes");
  CHECK(answer("python_version == '3.*'") == "yes");
  CHECK(answer("python_full_version === '3.11.7'") == "yes");
  CHECK(answer("implementation_version != '3.11.8'") == "yes");
  CHECK(answer("sys_platform == 'linux'") == "yes");
  CHECK(answer("'lin' in sys_platform") == "yes");
  CHECK(answer("platform_machine != 'aarch64'") == "yes");
  // Texts have no order.
  CHECK(answer("os_name > 'a'") == "no");
  CHECK(answer("os_name >= 'posix'") == "yes");
}

TEST_CASE("and binds stronger than or") {
  CHECK(answer("os_name == 'nt' and os_name == 'nt' or os_name == 'posix'") == "yes");
  CHECK(answer("os_name == 'nt' and (os_name == 'nt' or os_name == 'posix')") == "no");
  CHECK(answer("os_name == 'posix' or os_name == 'nt' and os_name == 'nt'") == "yes");
}

TEST_CASE("old names of variables are still read") {
  CHECK(answer("os.name == 'posix' and sys.platform == 'linux'") == "yes");
  CHECK(answer("python_implementation == 'CPython'") == "yes");
  CHECK(answer("platform.python_implementation == 'CPython' and platform.machine == 'x86_64'") == "yes");
}

TEST_CASE("extras are compared by their normalized names") {
  CHECK(answer("extra == 'dev'") == "no");
  CHECK(answer("extra == 'Dev_Tools'", "dev.tools") == "yes");
  CHECK(answer("'dev' == extra", "dev") == "yes");
  CHECK(answer("extra != 'dev'") == "yes");
  const auto marker = parse_marker("extra == 'a' or extra == 'b'");
  REQUIRE(marker);
  CHECK(*evaluate_any(*marker, linux_environment(), {"x", "b"}) == Truth::yes);
  CHECK(*evaluate_any(*marker, linux_environment(), {"x"}) == Truth::no);
  CHECK(*evaluate_any(*marker, linux_environment(), {}) == Truth::no);
}

TEST_CASE("an unknown field leaves the answer open only when it matters") {
  CHECK(answer("platform_release >= '5'") == "unknown");
  CHECK(answer("'5' in platform_release") == "unknown");
  CHECK(answer("platform_version == 'x' or os_name == 'posix'") == "yes");
  CHECK(answer("platform_version == 'x' or os_name == 'nt'") == "unknown");
  CHECK(answer("platform_version == 'x' and os_name == 'nt'") == "no");
  CHECK(answer("platform_version == 'x' and os_name == 'posix'") == "unknown");
  CHECK(answer("(platform_version == 'x' and os_name == 'nt') or os_name == 'nt'") == "no");
  CHECK(answer("platform_version < 'x'") == "no");
  CHECK(answer("platform_version ~= 'x'") == "undefined");
  CHECK(answer("python_version >= '3'", "", MarkerEnvironment()) == "unknown");
}

TEST_CASE("what can't be compared is an error, wherever it stands") {
  CHECK(answer("os_name ~= 'posix'") == "undefined");
  CHECK(answer("os_name === 'posix'") == "undefined");
  CHECK(answer("python_version ~= '3'") == "undefined");
  CHECK(answer("'a' == 'b'") == "undefined");
  CHECK(answer("'test' in extras") == "undefined");
  CHECK(answer("os_name == 'posix' or os_name ~= 'posix'") == "undefined");
  // The literal is taken for the variable of that name.
  CHECK(answer("'posix' == 'os_name'") == "yes");
}

TEST_CASE("a version of the interpreter with a bare plus sign is a local version") {
  MarkerEnvironment environment = linux_environment();
  environment.python_full_version = "3.13.0+";
  CHECK(answer("python_full_version >= '3.13'", "", environment) == "yes");
  CHECK(answer("python_full_version == '3.13.0+local'", "", environment) == "yes");
  environment.python_full_version = "nonsense";
  CHECK(answer("python_full_version >= '3.13'", "", environment) == "no");
}

TEST_CASE("literals follow Python's escapes") {
  CHECK(printed("os_name == 'a\\x41\\u00e9\\101\\n\\q\\\\'") ==
        "os_name == \"aA\xC3\xA9"
        "A\n\\q\\\"");
  CHECK(printed("os_name == 'a\"b'") == "os_name == 'a\"b'");
  CHECK(printed("os_name == 'a\\\nb'") == "os_name == \"ab\"");
  for (const std::string literal : {"'a\\'", "'a\nb'", "'a\rb'", "'\\x4'", "'\\u12'", "'\\U00110000'",
                                    "'\\ud800'", "'\\N{DASH}'", "'abc", "\"abc'"}) {
    INFO(literal);
    CHECK_FALSE(parse_marker("os_name == " + literal));
  }
  CHECK_FALSE(parse_marker(std::string("os_name == '\0'", 14)));
}

TEST_CASE("a marker prints as packaging prints it") {
  CHECK(printed("os.name=='nt'or(python_implementation!=\"PyPy\")") ==
        "os_name == \"nt\" or platform_python_implementation != \"PyPy\"");
  CHECK(printed("((os_name == 'a' and os_name == 'b'))") == "os_name == \"a\" and os_name == \"b\"");
  CHECK(printed("((os_name == 'a' and os_name == 'b')) or os_name not  in 'c'") ==
        "(os_name == \"a\" and os_name == \"b\") or os_name not in \"c\"");
}

TEST_CASE("what is no marker is malformed, with the place") {
  CHECK(printed("") == "invalid: expected a marker variable or a quoted text at byte 0");
  CHECK(printed("os_name == 'a' os_name") == "invalid: expected the end of the marker at byte 15");
  CHECK(printed("(os_name == 'a'") == "invalid: expected \")\" at byte 15");
  CHECK(printed("os_name = 'a'") == "invalid: expected a marker operator at byte 8");
  for (const std::string text :
       {"os_name == 'a' and", "os_name notin 'a'", "os_name not 'a'", "os_names == 'a'", "os_name == 'a')",
        "foo == 'a'", "os_name == 'a' or or os_name == 'b'", "()", "os_name", "os_name == 'a'\n",
        "OS_NAME == 'a'"}) {
    INFO(text);
    CHECK_FALSE(parse_marker(text));
  }
}

TEST_CASE("nesting is bounded and length is not") {
  CHECK(printed(enclosed(100000, "os_name == 'a'")) == "invalid: parentheses nested too deep at byte 101");
  CHECK(printed(enclosed(100, "os_name == 'a'")) == "os_name == \"a\"");
  CHECK_FALSE(parse_marker(std::string(100000, '(')));
  std::string wide = "os_name == 'a'";
  for (int i = 0; i < 50000; ++i) wide += " or (os_name == 'posix' and os_name == 'a')";
  CHECK(answer(wide) == "no");
}
