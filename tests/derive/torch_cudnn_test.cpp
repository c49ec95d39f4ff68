// The cuDNN that torch was compiled with.
#include "catch.hpp"
#include "derive/derive.hpp"
#include "facts/writer.hpp"

using namespace preflight;

namespace {

struct TorchEnvironment {
  facts::Document document;
  facts::FactWriter writer{document};
  facts::SubjectWriter environment = writer.subject("environment", "/venv");

  std::string cudnn() {
    derive::run_derivations(document, tables::embedded_tables());
    const auto* const fact = document.subject("environment", "/venv").find("torch.cudnn");
    REQUIRE(fact != nullptr);
    if (fact->absent()) return "absent";
    if (const auto* const unknown = fact->unknown()) return "unknown: " + unknown->reason;
    return facts::to_text(*fact->value()) + " (" + fact->source + ")";
  }
};

}  // namespace

TEST_CASE("official wheels are in the table") {
  TorchEnvironment stack;
  stack.environment.set("torch.version", "2.0.1+cu118", "");
  CHECK(stack.cudnn() == "8.7.0.84 (table torch_wheel by torch.version)");
}

TEST_CASE("a version without a tag is told by the CUDA of the build") {
  TorchEnvironment stack;
  stack.environment.set("torch.version", "2.0.1", "");
  stack.environment.set("torch.cuda", "11.8", "");
  CHECK(stack.cudnn() == "8.7.0.84 (table torch_wheel by torch.version, torch.cuda)");
}

TEST_CASE("where the CUDA isn't known, what all wheels of the release have in common") {
  TorchEnvironment stack;
  stack.environment.set("torch.version", "2.5.1", "");
  CHECK(stack.cudnn() == "9.1.0.70 (table torch_wheel by torch.version, every CUDA of the release)");
  TorchEnvironment older;
  older.environment.set("torch.version", "2.2.0", "");
  CHECK(older.cudnn() == "8 (table torch_wheel by torch.version, every CUDA of the release)");
}

TEST_CASE("what all wheels have in common isn't a CPU build's, nor conda's") {
  TorchEnvironment stack;
  stack.environment.set("torch.version", "2.5.1", "");
  SECTION("CPU") {
    stack.environment.set("torch.variant", "cpu", "");
    CHECK(stack.cudnn() == "unknown: by torch.variant it is no wheel of PyTorch's for CUDA");
  }
  SECTION("conda") {
    stack.environment.set("kind", "conda", "");
    CHECK(stack.cudnn() == "unknown: by kind it is no wheel of PyTorch's for CUDA");
  }
}

TEST_CASE("a nightly isn't told by the release that it precedes") {
  TorchEnvironment stack;
  stack.environment.set("torch.version", "2.5.1.dev20240901+cu121", "");
  CHECK(stack.cudnn() == "unknown: by torch.version it is no wheel of PyTorch's for CUDA");
}

TEST_CASE("what PyTorch said itself stays, where nothing else is known") {
  TorchEnvironment stack;
  stack.environment.set("torch.cudnn", "8.5.0", "a log");
  CHECK(stack.cudnn() == "8.5.0 (a log)");
  stack.environment.set("torch.version", "2.99.0", "");
  CHECK(stack.cudnn() == "8.5.0 (a log)");
}

TEST_CASE("of others nothing is known, whatever they require") {
  TorchEnvironment stack;
  CHECK(stack.cudnn() == "unknown: torch.version was not recorded");
  stack.environment.absent("torch.version", "");
  CHECK(stack.cudnn() == "absent");
  stack.environment.set("torch.version", "2.99.0", "");
  stack.environment.set("torch.pins", facts::Map{{"nvidia-cudnn-cu12", std::string("==9.1.0.70")}}, "");
  CHECK(stack.cudnn() == "unknown: no row 2.99.0 in table torch");
}
