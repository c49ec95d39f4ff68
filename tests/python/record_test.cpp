#include "python/record.hpp"

#include <string>
#include <vector>

#include "catch.hpp"

using namespace preflight;

namespace {

std::vector<std::string> paths(std::string_view text) {
  std::vector<std::string> found;
  python::for_each_recorded_path(text, [&](std::string_view path) { found.emplace_back(path); });
  return found;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("every line of RECORD names a file") {
  CHECK(paths("a/b.py,sha256=x,12\r\n../../../bin/tool,,\n/abs/c.so,sha256=y,3") ==
        Texts{"a/b.py", "../../../bin/tool", "/abs/c.so"});
  CHECK(paths("\n\na,,\n") == Texts{"a"});
  CHECK(paths("").empty());
}

TEST_CASE("names may be quoted") {
  CHECK(paths("\"a,b.so\",sha256=x,1\nc,,\n") == Texts{"a,b.so", "c"});
  CHECK(paths("\"a\"\"b\",,\nc,,\n") == Texts{"a\"b", "c"});
  CHECK(paths("\"two\nlines.so\",,\nc,,\n") == Texts{"two\nlines.so", "c"});
  CHECK(paths("a,\"x\ny\",\nc,,\n") == Texts{"a", "c"});
}

TEST_CASE("a quote that isn't closed takes the rest") {
  CHECK(paths("\"a\nb,,\n") == Texts{"a\nb,,\n"});
  CHECK(paths("\"").empty());
  CHECK(paths("\"\"").empty());
  CHECK(paths("a\"b,,\nc,,") == Texts{"a\"b", "c"});
  CHECK(paths(std::string(100, '"')).size() == 1);
  CHECK(paths(std::string(10, '\0')).size() == 1);
}

TEST_CASE("names of shared objects") {
  CHECK(python::is_shared_object_name("_C.cpython-311-x86_64-linux-gnu.so"));
  CHECK(python::is_shared_object_name("torchvision.libs/libjpeg.ceea7512.so.62"));
  CHECK(python::is_shared_object_name("libfoo.so.1.2.3"));
  CHECK_FALSE(python::is_shared_object_name("x.so.py"));
  CHECK_FALSE(python::is_shared_object_name("x.so."));
  CHECK_FALSE(python::is_shared_object_name("x.sound"));
  CHECK_FALSE(python::is_shared_object_name(".so"));
  CHECK_FALSE(python::is_shared_object_name(""));
}
