// The cuDNN that jaxlib was compiled with.
#include "catch.hpp"
#include "derive/derive.hpp"
#include "facts/writer.hpp"

using namespace preflight;

namespace {

struct JaxEnvironment {
  facts::Document document;
  facts::FactWriter writer{document};
  facts::SubjectWriter environment = writer.subject("environment", "/venv");

  std::string cudnn_with(facts::Map packages) {
    environment.set("packages", std::move(packages), "");
    return cudnn();
  }
  std::string cudnn() {
    derive::run_derivations(document, tables::embedded_tables());
    const auto* const fact = document.subject("environment", "/venv").find("jaxlib.cudnn");
    REQUIRE(fact != nullptr);
    if (fact->absent()) return "absent";
    if (const auto* const unknown = fact->unknown()) return "unknown: " + unknown->reason;
    return facts::to_text(*fact->value());
  }
};

}  // namespace

TEST_CASE("older wheels of jaxlib name it in their version") {
  CHECK(JaxEnvironment().cudnn_with({{"jaxlib", std::string("0.4.7+cuda11.cudnn86")}}) == "8.6");
  CHECK(JaxEnvironment().cudnn_with({{"jaxlib", std::string("0.1.75+cuda11.cudnn805")}}) == "8.0.5");
  CHECK(JaxEnvironment().cudnn_with({{"jaxlib", std::string("0.4.7+cuda11.cudnn")}}) ==
        "unknown: its version names none");
}

TEST_CASE("newer ones have a plugin") {
  CHECK(JaxEnvironment().cudnn_with(
            {{"jaxlib", std::string("0.6.2")}, {"jax-cuda12-plugin", std::string("0.6.2")}}) == "9.8");
  CHECK(JaxEnvironment().cudnn_with(
            {{"jaxlib", std::string("9.9.9")}, {"jax-cuda12-plugin", std::string("9.9.9")}}) ==
        "unknown: no row 9.9.9 in table jax_cuda12_plugin");
}

TEST_CASE("without jaxlib it is absent, unless the document tells it") {
  JaxEnvironment stack;
  CHECK(stack.cudnn() == "unknown: packages was not recorded");
  CHECK(stack.cudnn_with({{"torch", std::string("2.2.0")}}) == "absent");
  stack.environment.set("jaxlib.cudnn", "8.6.0", "");
  CHECK(stack.cudnn() == "8.6.0");
  CHECK(stack.cudnn_with({{"jaxlib", std::string("0.1.65+cuda112")}}) == "8.6.0");
}
