#include "python/check.hpp"

#include <string>
#include <vector>

#include "catch.hpp"

using namespace preflight::python;

using Texts = std::vector<std::string>;

namespace {

MarkerEnvironment environment() {
  MarkerEnvironment environment;
  environment.python_full_version = "3.11.7";
  environment.python_version = "3.11";
  environment.sys_platform = "linux";
  return environment;
}

Metadata package(const std::string& name, const std::string& version,
                 const std::vector<std::string>& requirements = {}) {
  Metadata metadata;
  metadata.name = name;
  metadata.version = version;
  metadata.requires_dist = requirements;
  return metadata;
}

// One line for each result, as pip words it.
std::vector<std::string> lines(const CheckResult& result) {
  std::vector<std::string> lines;
  for (const auto& unmet : result.unmet) {
    lines.push_back(unmet.package + " " + unmet.version +
                    (unmet.installed ? " has requirement " + unmet.requirement + ", but you have " +
                                           unmet.required + " " + *unmet.installed
                                     : " requires " + unmet.required + ", which is not installed"));
  }
  for (const auto& unmet : result.unmet_python)
    lines.push_back(unmet.package + " wants Python " + unmet.requires_python);
  for (const auto& undecided : result.undecided)
    lines.push_back(undecided.package + ": " + undecided.requirement + ": " + undecided.reason);
  return lines;
}

std::vector<std::string> checked(const std::vector<Metadata>& installed) {
  return lines(check_requirements(installed, environment()));
}

}  // namespace

TEST_CASE("missing packages and wrong versions are named as pip names them") {
  CHECK(checked({package("Torch", "2.2.0+cu118", {"sympy", "NumPy (>=1.22,<2)", "filelock"}),
                 package("numpy", "2.0.0"), package("filelock", "3.13")}) ==
        Texts{"torch 2.2.0+cu118 requires sympy, which is not installed",
              "torch 2.2.0+cu118 has requirement NumPy<2,>=1.22, but you have numpy 2.0.0"});
}

TEST_CASE("requirements that don't apply are passed over") {
  CHECK(checked({package("a", "1",
                         {"b; extra == 'test'", "c; sys_platform == 'win32'", "d; python_version < '3'"})})
            .empty());
  CHECK(checked({package("a", "1", {"b>2; sys_platform == 'win32'"}), package("b", "1")}).empty());
  CHECK(checked({package("a", "1", {"b; sys_platform == 'linux'"})}) ==
        Texts{"a 1 requires b, which is not installed"});
}

TEST_CASE("installed pre-releases, local versions and URLs satisfy") {
  CHECK(checked({package("a", "1", {"b>=1", "c==2.2.0", "d @ https://example.org/d.whl"}),
                 package("b", "2.0rc1"), package("c", "2.2.0+cu118"), package("d", "0")})
            .empty());
}

TEST_CASE("of a name that is installed twice the first counts") {
  CHECK(checked({package("a", "1", {"b>=2"}), package("B", "2"), package("b", "1", {"nothing"})}).empty());
}

TEST_CASE("the same complaint is made once, in order") {
  CHECK(checked({package("a", "1", {"z", "c>1", "b", "z", "c>1"}), package("c", "1")}) ==
        Texts{"a 1 requires b, which is not installed", "a 1 requires z, which is not installed",
              "a 1 has requirement c>1, but you have c 1"});
}

TEST_CASE("Requires-Python is checked by the numbers of the interpreter") {
  Metadata metadata = package("a", "1");
  metadata.requires_python = "<3.11";
  CHECK(checked({metadata}) == Texts{"a wants Python <3.11"});
  metadata.requires_python = ">=3.8, !=3.10.*";
  CHECK(checked({metadata}).empty());
  metadata.requires_python = ">=3.13";
  MarkerEnvironment candidate = environment();
  candidate.python_full_version = "3.13.0rc1+";
  CHECK(lines(check_requirements({metadata}, candidate)).empty());
  CHECK(lines(check_requirements({metadata}, {})) ==
        Texts{"a: Requires-Python: >=3.13: the version of Python is unknown"});
  metadata.requires_python = ">3.x";
  CHECK(checked({metadata}) == Texts{"a: Requires-Python: >3.x: not a PEP 440 version specifier"});
}

TEST_CASE("what can't be told is said") {
  CHECK(checked({package("a", "1", {"b >= (", "c; platform_version == 'x'", "d; os_name ~= 'x'"})}) ==
        Texts{"a: b >= (: expected a semicolon, or a comma between version specifiers, at byte 2",
              "a: c; platform_version == 'x': its marker asks for what is unknown here",
              "a: d; os_name ~= 'x': the marker operator ~= is not defined for what stands beside it"});
  CHECK(checked({package("a", "1", {"b; platform_version == 'x'"}), package("b", "1")}).empty());
  CHECK(checked({package("a", "1", {"b", "b>1"}), package("b", "2004d-unknown")}) ==
        Texts{"a: b>1: the installed version 2004d-unknown is not a PEP 440 version"});
  CHECK(checked({package("", "")}).empty());
}
