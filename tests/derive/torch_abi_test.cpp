// The C++ ABI of published builds of torch.
#include "catch.hpp"
#include "derive/derive.hpp"
#include "facts/writer.hpp"

using namespace preflight;

namespace {

std::string abi_of(std::string_view version, facts::Map conda = {}) {
  facts::Document document;
  facts::FactWriter writer(document);
  auto environment = writer.subject("environment", "/venv");
  if (version == "none") {
    environment.absent("torch.version", "");
  } else if (!version.empty()) {
    environment.set("torch.version", version, "");
  }
  if (!conda.empty()) environment.set("conda_packages", std::move(conda), "");
  derive::run_derivations(document, {});
  const auto* const fact = document.subject("environment", "/venv").find("torch.published_cxx11_abi");
  REQUIRE(fact != nullptr);
  if (fact->absent()) return "absent";
  if (const auto* const unknown = fact->unknown()) return "unknown: " + unknown->reason;
  return facts::to_text(*fact->value());
}

}  // namespace

TEST_CASE("the ABI of a published torch follows from its version") {
  CHECK(abi_of("2.4.0+cu121") == "false");
  CHECK(abi_of("2.5.1") == "false");
  CHECK(abi_of("2.6.0+cu124") == "false");
  CHECK(abi_of("2.6.0+cu126") == "true");
  CHECK(abi_of("2.7.1+cu128") == "true");
  CHECK(abi_of("2.10.0") == "true");
  CHECK(abi_of("2.5.0a0+872d972e41.nv24.08") == "true");
}

TEST_CASE("of other builds it isn't known") {
  CHECK(abi_of("2.6.0") == "unknown: the version doesn't tell the build");
  CHECK(abi_of("2.6.0.dev20241001+cu124") == "unknown: the version doesn't tell the build");
  CHECK(abi_of("2.4.0.post301") == "unknown: the version doesn't tell the build");
  CHECK(abi_of("2.4.0", {{"pytorch", std::string("2.4.0")}}) == "unknown: torch is conda's");
  CHECK(abi_of("none") == "absent");
  CHECK(abi_of("") == "unknown: torch.version was not recorded");
}
