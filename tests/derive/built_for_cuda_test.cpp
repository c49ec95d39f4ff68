// The CUDA that packages are compiled for.
#include "catch.hpp"
#include "derive/derive.hpp"
#include "facts/writer.hpp"

using namespace preflight;

namespace {

struct Environment {
  facts::Document document;
  facts::FactWriter writer{document};
  facts::SubjectWriter environment = writer.subject("environment", "/venv");

  std::string built() {
    derive::run_derivations(document, tables::embedded_tables());
    const auto* const fact = document.subject("environment", "/venv").find("built_for_cuda");
    REQUIRE(fact != nullptr);
    if (const auto* const unknown = fact->unknown()) return "unknown: " + unknown->reason;
    return facts::to_text(*fact->value());
  }
  std::string built_of(std::string_view name, std::string_view version) {
    environment.set("packages", facts::Map{{std::string(name), std::string(version)}}, "");
    return built();
  }
};

}  // namespace

TEST_CASE("local versions name the CUDA, with as many digits as they have") {
  CHECK(Environment().built_of("flash-attn", "2.7.4+cu12torch2.6cxx11abiFALSE") == "flash-attn=12");
  CHECK(Environment().built_of("torchvision", "0.16.0+cu118") == "torchvision=11.8");
  CHECK(Environment().built_of("torch-scatter", "2.1.2+pt24cu121") == "torch-scatter=12.1");
  CHECK(Environment().built_of("mmcv-full", "1.0.0+cu92") == "mmcv-full=9.2");
}

TEST_CASE("local versions that name no CUDA tell nothing") {
  CHECK(Environment().built_of("jaxlib", "0.4.7+cuda11.cudnn86").empty());
  CHECK(Environment().built_of("torchvision", "0.16.0+cpu").empty());
  CHECK(Environment().built_of("odd", "1.0+cu").empty());
  CHECK(Environment().built_of("odd", "1.0+cu0118").empty());
  CHECK(Environment().built_of("odd", "1.0+cu99999999999999999999").empty());
  CHECK(Environment().built_of("odd", "one+two+cu118").empty());
}

TEST_CASE("names tell the CUDA, with as many digits as they have") {
  CHECK(Environment().built_of("cupy-cuda12x", "13.0.0") == "cupy-cuda12x=12");
  CHECK(Environment().built_of("faiss-gpu-cu11", "1.10.0") == "faiss-gpu-cu11=11");
  CHECK(Environment().built_of("jax-cuda13-plugin", "0.7.0") == "jax-cuda13-plugin=13");
  CHECK(Environment().built_of("spconv-cu113", "2.1.25") == "spconv-cu113=11.3");
  CHECK(Environment().built_of("mxnet-cu100mkl", "1.5.0") == "mxnet-cu100mkl=10.0");
  CHECK(Environment().built_of("cupy-cuda92", "9.6.0") == "cupy-cuda92=9.2");
  CHECK(Environment().built_of("tensorrt-cu12-libs", "10.5.0").empty());
  CHECK(Environment().built_of("menu-cuisine", "1.0").empty());
  CHECK(Environment().built_of("nvidia-cudnn-cu12", "9.1.0.70").empty());
  CHECK(Environment().built_of("torch", "2.6.0+cu124").empty());
}

TEST_CASE("the table tells it of releases without a local version") {
  CHECK(Environment().built_of("onnxruntime-gpu", "1.18.1") == "onnxruntime-gpu=11");
  CHECK(Environment().built_of("onnxruntime-gpu", "1.19.0") == "onnxruntime-gpu=12");
  CHECK(Environment().built_of("onnxruntime-gpu", "1.27.0") == "onnxruntime-gpu=13");
  CHECK(Environment().built_of("onnxruntime-gpu", "1.6.0").empty());
  CHECK(Environment().built_of("ctranslate2", "4.7.0") == "ctranslate2=12");
  CHECK(Environment().built_of("xformers", "0.0.33").empty());
  CHECK(Environment().built_of("vllm", "0.20.0rc1").empty());
  CHECK(Environment().built_of("vllm", "0.20.0+cu129") == "vllm=12.9");
}

TEST_CASE("of conda's packages nothing is told, and what a document says stays") {
  Environment conda;
  conda.environment.set("conda_packages", facts::Map{{"onnxruntime-gpu", "1.19.0"}}, "");
  CHECK(conda.built_of("onnxruntime-gpu", "1.19.0").empty());
  Environment told;
  told.environment.set("built_for_cuda", facts::Map{{"nunchaku", "12.8"}, {"vllm", "12"}}, "");
  CHECK(told.built_of("vllm", "0.20.0") == "nunchaku=12.8, vllm=12");
}

TEST_CASE("without packages it is not known") {
  Environment nothing;
  nothing.environment.unknown("packages", {"not readable"}, "");
  CHECK(nothing.built() == "unknown: packages is unknown: not readable");
}
