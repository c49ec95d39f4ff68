// What the published builds of torch tell about the torch of an environment.
#include "catch.hpp"
#include "derive/derive.hpp"
#include "facts/writer.hpp"

using namespace preflight;

namespace {

tables::Tables torch_tables() {
  tables::Tables tables;
  for (const auto* const text : {R"({"table": "torch", "meaning": "m", "key": "k", "sources": ["s"],
            "columns": {"cuda": {"type": "list of string"}, "pypi_cuda": {"type": "version"}},
            "rows": {"1.10.1": {"cuda": ["10.2", "11.3"], "pypi_cuda": "10.2"},
                     "2.9.0": {"cuda": ["12.8", "13.0"], "pypi_cuda": "12.8"}}})",
                                 R"({"table": "torch_wheel", "meaning": "m", "key": "k", "sources": ["s"],
            "columns": {"sass": {"type": "list of string"}, "ptx": {"type": "list of string"}},
            "rows": {"1.10.1+cu102": {"sass": ["3.7", "7.0"], "ptx": []},
                     "1.10.1+cu113": {"sass": ["3.7", "8.0", "10.0"], "ptx": ["8.0"]},
                     "2.9.0+cu128": {"sass": ["9.0"], "ptx": []}}})"}) {
    auto table = tables::parse_table(text);
    REQUIRE(table);
    auto name = table->name;
    tables.emplace(std::move(name), std::move(*table));
  }
  return tables;
}

struct Torch {
  facts::Document document;
  facts::SubjectWriter environment{document, "environment", "/v"};

  // An empty version is unknown.
  explicit Torch(std::string_view version) {
    if (version.empty()) {
      environment.unknown("torch.version", {"not stated"}, "test");
    } else {
      environment.set("torch.version", version, "test");
    }
  }
  Torch& with(std::string_view fact, facts::Value value) {
    environment.set(fact, std::move(value), "test");
    return *this;
  }
  std::string state(std::string_view fact) {
    derive::run_derivations(document, torch_tables());
    const auto* const found = document.subject("environment", "/v").find(fact);
    if (found == nullptr) return "not set";
    if (found->absent()) return "absent: " + found->source;
    if (const auto* const unknown = found->unknown()) return "unknown: " + unknown->reason;
    return facts::to_text(*found->value());
  }
};

}  // namespace

TEST_CASE("PyPI's build of a release has one CUDA") {
  CHECK(Torch("1.10.1").state("torch.default_cuda") == "10.2");
  CHECK(Torch("2.9").state("torch.default_cuda") == "12.8");
  CHECK(Torch("2.9.0+cu130").state("torch.default_cuda") == "absent: torch.version");
  CHECK(Torch("3.0.0").state("torch.default_cuda") == "unknown: no row 3.0.0 in table torch");
}

TEST_CASE("the wheel is told by the CUDA tag, else by torch's CUDA, else by its pins") {
  CHECK(Torch("1.10.1+cu113").state("torch.published_sass") == "sm_37, sm_80, sm_100");
  CHECK(Torch("1.10.1+cu113").state("torch.published_ptx") == "compute_80");
  CHECK(Torch("1.10.1").with("torch.cuda", "10.2").state("torch.published_sass") == "sm_37, sm_70");
  CHECK(Torch("1.10.1").with("torch.cuda", "10.2").state("torch.published_ptx").empty());
  const facts::Map pins = {{"nvidia-cuda-runtime-cu11", "==11.3.109"}, {"triton", "==3.6.0"}};
  CHECK(Torch("1.10.1").with("torch.pins", pins).state("torch.published_sass") == "sm_37, sm_80, sm_100");
  CHECK(Torch("1.10.1").with("torch.cuda", "11.1").state("torch.published_sass") ==
        "unknown: no row 1.10.1+cu111 in table torch_wheel");
}

TEST_CASE("without any of them it can be every wheel of the release") {
  CHECK(Torch("1.10.1").state("torch.published_sass") == "sm_37, sm_70, sm_80, sm_100");
  CHECK(Torch("2.9.0").state("torch.published_sass") == "unknown: no row 2.9.0+cu130 in table torch_wheel");
}

TEST_CASE("a torch whose version isn't known can be every wheel for its CUDA") {
  CHECK(Torch("").with("torch.cuda", "11.3").state("torch.published_sass") == "sm_37, sm_80, sm_100");
  CHECK(Torch("").with("torch.cuda", "11.3").state("torch.published_ptx") == "compute_80");
  CHECK(Torch("").with("torch.cuda", "13.0").state("torch.published_sass") ==
        "unknown: no such CUDA build in the tables");
  CHECK(Torch("").state("torch.published_sass").starts_with("unknown: torch.version"));
}

TEST_CASE("builds that PyTorch didn't publish are not looked up") {
  for (const auto* const version :
       {"2.9.0a0+git1234", "2.9.0.dev20250801+cu128", "2.9.0+cpu", "2.9.0+rocm6.4", "2.9.0.post301"}) {
    INFO(version);
    CHECK(Torch(version).state("torch.published_sass") == "absent: torch.version");
    CHECK(Torch(version).state("torch.default_cuda") == "absent: torch.version");
  }
  CHECK(Torch("2.9.0").with("torch.variant", "cpu").state("torch.default_cuda") == "absent: torch.variant");
  const facts::Map conda = {{"pytorch", "2.9.0"}};
  CHECK(Torch("2.9.0").with("conda_packages", conda).state("torch.published_sass") ==
        "absent: conda_packages");
  Torch without("2.9.0");
  without.environment.absent("torch.cuda", "test");
  CHECK(without.state("torch.default_cuda") == "absent: torch.cuda");
  Torch arm("1.10.1");
  facts::SubjectWriter(arm.document, "host", "host").set("cpu.architecture", "aarch64", "test");
  CHECK(arm.state("torch.published_sass") == "unknown: the tables hold no wheels for aarch64");
}

TEST_CASE("pins on the CUDA runtime name torch's CUDA") {
  const auto pinned = [](facts::Map pins) {
    return Torch("2.9.0").with("torch.pins", std::move(pins)).state("torch.pinned_cuda");
  };
  CHECK(pinned({{"nvidia-cuda-runtime-cu12", "==12.1.105"}, {"nvidia-cudnn-cu12", "==8.9.2.26"}}) == "12.1");
  CHECK(pinned({{"cuda-toolkit", "==13.0.2"}, {"cuda-bindings", "<14,>=13.0.3"}}) == "13.0");
  CHECK(pinned({{"triton", "==3.6.0"}}) == "absent: torch.pins");
  CHECK(pinned({{"cuda-toolkit", ">=13.0"}}) == "absent: torch.pins");
  CHECK(pinned({{"cuda-toolkit", "==13.0.2"}, {"nvidia-cuda-runtime-cu12", "==12.1.105"}}) ==
        "absent: torch.pins");
  CHECK(Torch("2.9.0").state("torch.pinned_cuda") == "unknown: torch.pins was not recorded");
}

TEST_CASE("the tables of the program hold the wheels that the releases name") {
  const auto tables = tables::embedded_tables();
  Torch old("1.10.1");
  old.with("torch.cuda", "10.2");
  derive::run_derivations(old.document, tables);
  const auto& environment = old.document.subject("environment", "/v");
  CHECK(facts::to_text(*environment.find("torch.published_sass")->value()) == "sm_37, sm_50, sm_60, sm_70");
  CHECK(*environment.text("torch.default_cuda") == "10.2");
}
