#include "python/metadata.hpp"

#include <string>
#include <vector>

#include "catch.hpp"

using preflight::python::add_requires_txt;
using preflight::python::Metadata;
using preflight::python::parse_metadata;
using Texts = std::vector<std::string>;

TEST_CASE("headers are read up to the first empty line") {
  const Metadata metadata = parse_metadata(
      "Metadata-Version: 2.1\n"
      "Name: Torch\n"
      "VERSION:2.2.0+cu118 \n"
      "Requires-Python: >=3.8.0\n"
      "Requires-Dist: filelock\n"
      "requires-dist: sympy (>=1.0)\n"
      "Provides-Extra: opt-einsum\n"
      "Provides-Extra: optree\n"
      "\n"
      "Requires-Dist: not-a-header\n");
  CHECK(metadata.name == "Torch");
  CHECK(metadata.version == "2.2.0+cu118");
  CHECK(metadata.requires_python == ">=3.8.0");
  CHECK(metadata.requires_dist == Texts{"filelock", "sympy (>=1.0)"});
  CHECK(metadata.provides_extra == Texts{"opt-einsum", "optree"});
}

TEST_CASE("folded lines, and every kind of line end") {
  const Metadata folded = parse_metadata(
      "Name: a\r\nLicense: x\r\n  Requires-Dist: in-the-license\r\nRequires-Dist: b\r\n\t>=1\r\n "
      "\r\nVersion: 1\r\n");
  CHECK(folded.requires_dist == Texts{"b >=1"});
  CHECK(folded.version == "1");
  const Metadata old = parse_metadata("Name: a\rVersion: 1\r\rRequires-Dist: c\r");
  CHECK(old.name == "a");
  CHECK(old.version == "1");
  CHECK(old.requires_dist.empty());
}

TEST_CASE("of a header that stands once the first counts") {
  const Metadata metadata = parse_metadata("Name: a\nName: b\nVersion: 1\nVersion: 2\n");
  CHECK(metadata.name == "a");
  CHECK(metadata.version == "1");
}

TEST_CASE("any bytes are taken, and become valid UTF-8") {
  CHECK(parse_metadata("").name.empty());
  CHECK(parse_metadata("\n\n").name.empty());
  CHECK(parse_metadata("no header\nName: a\n").name.empty());
  CHECK(parse_metadata(" continued\n: nameless\nName: a").name == "a");
  CHECK(parse_metadata("Name: a\xFF\n").name == "a\xEF\xBF\xBD");
  CHECK(parse_metadata("Na\xC3\xA9me: a\nName: b\n").name.empty());
  CHECK(parse_metadata(std::string("Name: a\0b\n", 10)).name ==
        "a\xEF\xBF\xBD"
        "b");
  CHECK(parse_metadata("Name:").name.empty());
}

TEST_CASE("millions of lines take one pass") {
  std::string text = "Name: a\nRequires-Dist: b\n";
  for (int i = 0; i < 500000; ++i) text += " c\n";
  for (int i = 0; i < 500000; ++i) text += "X: y\n";
  const Metadata metadata = parse_metadata(text + "Version: 1");
  CHECK(metadata.requires_dist.front().size() == 1 + 2 * 500000);
  CHECK(metadata.version == "1");
  std::string old = "Name: a\r";
  for (int i = 0; i < 500000; ++i) old += "X: y\r";
  CHECK(parse_metadata(old + "Version: 1").version == "1");
}

TEST_CASE("requires.txt states extras and markers as sections") {
  Metadata metadata;
  add_requires_txt(
      "# comment\nfilelock\n\n[:python_version < '3.9']\nimportlib\n[Test_All]\npytest\n  mock>=1 \n"
      "[test_all:os_name == 'nt']\nwin\n[]\nlast\n",
      metadata);
  CHECK(metadata.requires_dist == Texts{"filelock", "importlib ; python_version < '3.9'",
                                        "pytest ; extra == \"test-all\"", "mock>=1 ; extra == \"test-all\"",
                                        "win ; (os_name == 'nt') and extra == \"test-all\"", "last"});
  CHECK(metadata.provides_extra == Texts{"test-all"});
}

TEST_CASE("requires.txt gives way to PKG-INFO") {
  Metadata metadata = parse_metadata("Requires-Dist: a\n");
  add_requires_txt("b\n[x]\nc\n", metadata);
  CHECK(metadata.requires_dist == Texts{"a"});
  CHECK(metadata.provides_extra == Texts{"x"});
  Metadata hostile;
  add_requires_txt("[\n]\n[[]]\n[:]\na\xFF\n", hostile);
  CHECK(hostile.requires_dist == Texts{"[", "]", "a\xEF\xBF\xBD"});
}
