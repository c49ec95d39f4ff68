// Plans over the tables and rules of the program.
#include "plan/plan.hpp"

#include <algorithm>
#include <array>

#include "catch.hpp"
#include "rules/load.hpp"
#include "support/version.hpp"

using namespace preflight;
using plan::Asked;
using plan::Plan;

namespace {

const tables::Tables& all_tables() {
  static const auto tables = tables::embedded_tables();
  return tables;
}

const rules::RuleSet& all_rules() {
  static const auto set = rules::embedded_rules(all_tables());
  return set;
}

Plan plan_for(const Asked& asked) {
  auto given = plan::read_asked(asked, all_tables());
  REQUIRE(given);
  return plan::make_plan(std::move(*given), all_rules(), all_tables());
}

std::string problem_of(const Asked& asked) {
  const auto given = plan::read_asked(asked, all_tables());
  REQUIRE_FALSE(given);
  return given.error().message;
}

Asked asked(std::vector<std::string> gpus, std::string driver = "", std::string python = "",
            std::string torch = "") {
  Asked asked;
  asked.gpus = std::move(gpus);
  asked.driver = std::move(driver);
  asked.python = std::move(python);
  asked.torch = std::move(torch);
  return asked;
}

bool has_change(const Plan& plan, plan::Thing thing, const std::string& to) {
  for (const auto& change : plan.changes) {
    if (change.things.size() == 1 && change.things.front().thing == thing && change.things.front().to == to)
      return true;
  }
  return false;
}

std::string all_reasons(const Plan& plan) {
  std::string text;
  for (const auto& reason : plan.reasons) text += reason.text + "\n";
  return text;
}

}  // namespace

TEST_CASE("every combination holds for what is given, and the newest PyTorch comes first") {
  const auto plan = plan_for(asked({"H100"}, "535.104.05", "3.11"));
  REQUIRE(!plan.combinations.empty());
  for (const auto& combination : plan.combinations) {
    // 535 brings CUDA 12.2; later 12.x run by minor-version compatibility, 13 does not.
    CHECK(combination.build.cuda.starts_with("13") == false);
    CHECK(combination.command.starts_with("pip install torch==" + combination.build.torch));
    for (const auto& finding : combination.findings) CHECK(finding.severity != rules::Severity::error);
  }
  CHECK(plan.changes.empty());
}

TEST_CASE("an old torch on a new GPU is impossible, and the torch that fits is told") {
  const auto plan = plan_for(asked({"RTX 5090"}, "", "", "2.5.1"));
  CHECK(plan.combinations.empty());
  CHECK(all_reasons(plan).find("12.0") != std::string::npos);
  REQUIRE(!plan.changes.empty());
  CHECK(plan.changes.front().best.build.cuda >= "12.8");
}

TEST_CASE("a Python without wheels is impossible, and the Python that has them is told") {
  const auto plan = plan_for(asked({}, "", "3.13", "2.2.0"));
  CHECK(plan.combinations.empty());
  CHECK(has_change(plan, plan::Thing::python, "3.12"));
}

TEST_CASE("a driver that is too old is impossible, and the oldest that is enough is told") {
  const auto plan = plan_for(asked({"A100"}, "440.33.01", "", "2.4.1"));
  CHECK(plan.combinations.empty());
  // Minor-version compatibility of CUDA 11, the lowest floor of this release's builds.
  CHECK(has_change(plan, plan::Thing::driver, "450.80.02"));
  CHECK(all_reasons(plan).find("doesn't know A100 (compute capability 8.0): the first branch is 450") !=
        std::string::npos);
}

TEST_CASE("GPUs are known by name, by compute capability and by PCI id", "[unsanitized]") {
  for (const auto* name : {"NVIDIA H100 80GB HBM3", "9.0", "sm_90", "10de:2330"}) {
    CAPTURE(name);
    CHECK(!plan_for(asked({name})).combinations.empty());
  }
  CHECK(problem_of(asked({"RTX 99999"})).find("no known GPU has this name") != std::string::npos);
  CHECK(problem_of(asked({"12.7"})).find("no known compute capability") != std::string::npos);
}

TEST_CASE("what is no version is told with its option") {
  CHECK(problem_of(asked({}, "new")).find("--driver") != std::string::npos);
  CHECK(problem_of(asked({}, "", "three")).find("--python") != std::string::npos);
  CHECK(problem_of(asked({}, "", "", "newest")).find("--torch") != std::string::npos);
}

TEST_CASE("several GPUs must all be served") {
  // Volta and Blackwell: no CUDA 13, no build before Blackwell's, and a driver between the first that knows
  // the one and the last that knows the other.
  const auto plan = plan_for(asked({"V100", "RTX 5090"}));
  REQUIRE(!plan.combinations.empty());
  for (const auto& combination : plan.combinations) {
    CAPTURE(combination.build.name);
    CHECK(plan::has_sass_for(combination.build, {7, 0}));
    CHECK(plan::has_sass_for(combination.build, {12, 0}));
    CHECK(combination.driver.oldest == "570");
    CHECK(combination.driver.last_branch == 580);
  }
}

TEST_CASE("GPUs that no build serves together are told, and which to leave out", "[unsanitized]") {
  const auto plan = plan_for(asked({"GTX 1080", "RTX 5090"}));
  CHECK(plan.combinations.empty());
  CHECK(has_change(plan, plan::Thing::gpus, "GTX 1080"));
  CHECK(has_change(plan, plan::Thing::gpus, "RTX 5090"));
}

TEST_CASE("GPUs that no driver serves together are told, too", "[unsanitized]") {
  // Builds for CUDA 11.8 have code for both; the last driver of the one is older than the first of the other.
  const auto plan = plan_for(asked({"K80", "H100"}));
  CHECK(plan.combinations.empty());
  CHECK(all_reasons(plan).find("K80 (compute capability 3.7) is supported up to driver branch 470") !=
        std::string::npos);
  CHECK(has_change(plan, plan::Thing::gpus, "K80"));
}

TEST_CASE("the same GPU twice is two of them") {
  const auto plan = plan_for(asked({"A100", "a100"}));
  REQUIRE(plan.given.gpus.size() == 1);
  CHECK(plan.given.gpus.front().count == 2);
}

TEST_CASE("without a driver the range is told that the build and the GPU ask for") {
  struct Sample {
    const char* gpu;
    const char* cuda;
    const char* oldest;
    std::optional<std::int64_t> last_branch;
  };
  const auto sample = GENERATE(values<Sample>({
      {"RTX 5090", "12.8", "570", std::nullopt},
      {"B200", "12.8", "570", std::nullopt},
      {"B300", "12.9", "575", std::nullopt},
      {"B200", "13.0", "580.65.06", std::nullopt},
      {"H100", "12.6", "525.60.13", std::nullopt},
      {"H100", "11.8", "520", std::nullopt},
      {"V100", "12.6", "525.60.13", 580},
      {"K80", "11.8", "450.80.02", 470},
      {"P100", "10.2", "440.33", 580},
  }));
  auto given = asked({sample.gpu});
  given.cuda = sample.cuda;
  CAPTURE(sample.gpu, sample.cuda);
  const auto plan = plan_for(given);
  REQUIRE(!plan.combinations.empty());
  CHECK(plan.combinations.front().driver.oldest == sample.oldest);
  CHECK(plan.combinations.front().driver.last_branch == sample.last_branch);
}

TEST_CASE("a build that reaches the GPU by PTX needs the driver of its own CUDA") {
  const plan::Build build{"9.9+cu126", "9.9", "cu126", "12.6", {{8, 0}}, {{8, 0}}};
  const plan::Gpu served{"A100", "", {8, 0}, "Ampere"};
  const plan::Gpu by_ptx{"H100", "", {9, 0}, "Hopper"};
  CHECK(plan::driver_range(build, std::array{served}, all_tables()).oldest == "525.60.13");
  CHECK(plan::driver_range(build, std::array{served, by_ptx}, all_tables()).oldest == "560.28.03");
}

TEST_CASE("builds of one release differ in the glibc that they need") {
  auto given = asked({}, "", "", "2.6.0");
  given.glibc = "2.17";
  const auto plan = plan_for(given);
  std::vector<std::string> tags;
  for (const auto& combination : plan.combinations) tags.push_back(combination.build.tag);
  CHECK(tags == std::vector<std::string>{"cu124", "cu118"});
  CHECK(all_reasons(plan).find(
            "glibc 2.17 is older than 2.28, on which these were built: PyTorch 2.6.0+cu126") !=
        std::string::npos);
}

TEST_CASE("what holds for many builds is told once") {
  auto given = asked({"V100"});
  given.cuda = "13.0";
  const auto plan = plan_for(given);
  REQUIRE(plan.reasons.size() == 2);
  CHECK(plan.reasons.front().text ==
        "no code for V100 (compute capability 7.0) in PyTorch 2.9.0+cu130 to 2.14.1+cu130");
  // Builds between those named are possible.
  given.cuda = "12.8";
  CHECK(plan_for(given).reasons.front().text ==
        "no code for V100 (compute capability 7.0) in PyTorch 2.7.0+cu128, 2.7.1+cu128, 2.11.0+cu128");
}

TEST_CASE("a driver that no longer supports the GPU is told as that") {
  const auto plan = plan_for(asked({"V100"}, "590.48.01"));
  CHECK(all_reasons(plan).find("no longer supports V100 (compute capability 7.0): the last branch is 580") !=
        std::string::npos);
  CHECK(has_change(plan, plan::Thing::driver, "580"));
}

TEST_CASE("beside the nearest change comes the one that leads to a newer PyTorch") {
  auto given = asked({}, "535.104.05");
  given.cuda = "13.0";
  const auto plan = plan_for(given);
  CHECK(has_change(plan, plan::Thing::cuda, "12.9"));
  CHECK(has_change(plan, plan::Thing::cuda, "12.6"));
  CHECK(has_change(plan, plan::Thing::driver, "580.65.06"));
  REQUIRE(plan.changes.size() == 3);
  const auto& nearest = plan.changes.at(0).best.build;
  const auto& newest = plan.changes.at(1).best.build;
  CHECK(nearest.cuda == "12.9");
  CHECK(newest.cuda == "12.6");
  CHECK(*parse_dotted_version(newest.torch) > *parse_dotted_version(nearest.torch));
}

TEST_CASE("no change of the processor is proposed, and a GPU beside an Arm processor is a doubt") {
  auto given = asked({"GB200"});
  const auto open = plan_for(given);
  REQUIRE(open.given.doubts.size() == 1);
  CHECK(open.given.doubts.front().starts_with("GB200 sits beside an Arm processor"));
  given.architecture = "arm64";
  const auto fixed = plan_for(given);
  CHECK(fixed.given.doubts.empty());
  CHECK(fixed.combinations.empty());
  CHECK(fixed.changes.empty());
}

TEST_CASE("names are written as the table spells them, and may be typed in one word") {
  CHECK(problem_of(asked({"rtx 5099"})).find("RTX 5090") != std::string::npos);
  const auto plan = plan_for(asked({"rtx4090"}));
  CHECK(plan.given.gpus.front().name == "RTX 4090");
}

TEST_CASE("two CUDA versions at once are refused") {
  auto given = asked({}, "", "", "2.6.0+cu124");
  given.cuda = "11.8";
  CHECK(problem_of(given).find("the tag in --torch is that of CUDA 12.4") != std::string::npos);
  given.cuda = "12";
  CHECK(plan_for(given).combinations.front().build.name == "2.6.0+cu124");
}

TEST_CASE("a build that a rule condemns is left out") {
  const std::string rules =
      R"json({"rules": [{"id": "no-2-6", "cause": "glibc-too-old", "for_each": "environments",
    "when": "env.torch.version.public() == \"2.6.0\" && env.torch.cuda == version(\"12.4\")", "severity": "error",
    "title": "{env.torch.version} is bad", "why": "Because.", "fix": ["Don't"], "sources": ["https://example.org"],
    "matches": [{"env.torch.version": "2.6.0+cu124", "env.torch.cuda": "12.4"}],
    "passes": [{"env.torch.version": "2.7.0+cu126", "env.torch.cuda": "12.6"}]}]
})json";
  const auto loaded = rules::load_rules({{"own.json", rules}}, rules::embedded_causes(), all_tables());
  for (const auto& problem : loaded.problems) FAIL(problem.message);
  auto given = plan::read_asked(asked({}, "", "", "2.6.0"), all_tables());
  REQUIRE(given);
  const auto plan = plan::make_plan(std::move(*given), loaded.set, all_tables());
  REQUIRE(plan.left_out.size() == 1);
  CHECK(plan.left_out.front().build.name == "2.6.0+cu124");
  CHECK(plan.left_out.front().finding.rule == "no-2-6");
  CHECK(plan.combinations.size() == 2);
}

TEST_CASE("what Triton assembles its kernels with is judged, too") {
  const auto plan = plan_for(asked({"T4"}, "470.57.02"));
  REQUIRE(!plan.combinations.empty());
  const auto& findings = plan.combinations.front().findings;
  CHECK(std::ranges::any_of(findings, [](const rules::Finding& finding) {
    return finding.rule == "driver-too-old-for-triton-ptxas";
  }));
}

TEST_CASE("what is installed with PyTorch is of the same CUDA") {
  const auto plan = plan_for(asked({"H100"}, "535.104.05", "3.11"));
  REQUIRE(!plan.combinations.empty());
  CHECK(plan.combinations.front().build.tag == "cu126");  // not the one of the package index
  for (const auto& combination : plan.combinations) {
    for (const auto& finding : combination.findings) CHECK(finding.cause != "torchvision-torch-mismatch");
  }
}
