// Libraries by the name of the distribution.
#include "catch.hpp"
#include "derive/derive.hpp"
#include "facts/writer.hpp"

using namespace preflight;

namespace {

std::string state(const facts::Document& document, std::string_view path) {
  const auto* const fact = document.host().find(path);
  if (fact == nullptr) return "not set";
  if (const auto* const unknown = fact->unknown()) return "unknown: " + unknown->reason;
  return fact->value() == nullptr ? "absent" : facts::to_text(*fact->value());
}

std::string glibc_of(std::initializer_list<std::pair<std::string_view, std::string_view>> facts) {
  facts::Document document;
  facts::FactWriter writer(document);
  for (const auto& [path, value] : facts) writer.host().set(path, value, "test");
  derive::run_derivations(document, tables::embedded_tables());
  return state(document, "os.glibc");
}

}  // namespace

TEST_CASE("a distribution ships a glibc") {
  CHECK(glibc_of({{"os.id", "ubuntu"}, {"os.version", "20.04"}}) == "2.31");
  CHECK(glibc_of({{"os.id", "debian"}, {"os.version", "13"}}) == "2.41");
}

TEST_CASE("minor releases keep it") {
  CHECK(glibc_of({{"os.id", "rocky"}, {"os.version", "8.10"}}) == "2.28");
  CHECK(glibc_of({{"os.id", "rhel"}, {"os.version", "9.4"}}) == "2.34");
}

TEST_CASE("a dump names it in words") {
  CHECK(glibc_of({{"os.name", "Ubuntu 20.04.6 LTS"}}) == "2.31");
  CHECK(glibc_of({{"os.name", "Debian GNU/Linux 12 (bookworm)"}}) == "2.36");
  CHECK(glibc_of({{"os.name", "CentOS Linux 7 (Core)"}}) == "2.17");
  CHECK(glibc_of({{"os.name", "Red Hat Enterprise Linux 8.6 (Ootpa)"}}) == "2.28");
  CHECK(glibc_of({{"os.name", "Amazon Linux 2023"}}) == "2.34");
}

TEST_CASE("an unknown release stays unknown") {
  CHECK(glibc_of({{"os.id", "ubuntu"}, {"os.version", "99.10"}}) ==
        "unknown: no row ubuntu 99.10 in table distribution");
  CHECK(glibc_of({{"os.name", "Arch Linux"}}).starts_with("unknown: "));
  CHECK(glibc_of({{"os.name", "Ubuntu"}}).starts_with("unknown: "));
  CHECK(glibc_of({}) == "unknown: os.name was not recorded");
}
