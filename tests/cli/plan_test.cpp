// What the verb plan takes, prints and returns.
#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "doubles/gpu_node.hpp"
#include "program.hpp"

using namespace preflight;
using nlohmann::json;
using test::call;
using test::contains;
using test::member_names;
using test::TemporaryDirectory;

namespace {

using Names = std::vector<std::string>;

test::Arguments plan_with(test::Arguments options) {
  options.insert(options.begin(), {"plan", "--alone"});
  return options;
}

json plan_json_of(test::Arguments options) {
  options.insert(options.end(), {"--format", "json"});
  return json::parse(call(plan_with(std::move(options))).out);
}

const Names kCombination = {
    "build",         "command", "cuda",       "driver_support", "findings", "last_driver_branch",
    "oldest_driver", "torch",   "torchaudio", "torchvision"};

}  // namespace

TEST_CASE("a plan starts with the best combination and the command that installs it") {
  const auto outcome =
      call(plan_with({"--gpu", "H100", "--driver", "535.104.05", "--python", "3.11", "--torch", "2.6.0"}));
  CHECK(outcome.status == 0);
  CHECK(outcome.err.empty());
  CHECK(outcome.out.starts_with(
      "KNOWN GOOD for H100, PyTorch 2.6.0, Python 3.11, driver 535.104.05, the best first\n\n"
      "1. PyTorch 2.6.0 for CUDA 11.8\n"
      "     pip install torch==2.6.0 torchvision==0.21.0 torchaudio==2.6.0 --index-url "
      "https://download.pytorch.org/whl/cu118\n"
      "     Driver 535.104.05 brings CUDA 11.8 or later.\n"));
}

TEST_CASE("five combinations are shown, all with --all", "[unsanitized]") {
  const auto few = call(plan_with({"--gpu", "A100"})).out;
  CHECK(contains(few, "\n5. PyTorch "));
  CHECK_FALSE(contains(few, "\n6. PyTorch "));
  CHECK(contains(few, " more: --all\n"));
  const auto all = call(plan_with({"--gpu", "A100", "--all"})).out;
  CHECK(contains(all, "\n6. PyTorch "));
  CHECK_FALSE(contains(all, "--all"));
}

TEST_CASE("where nothing fits, the plan says why and what would") {
  const auto outcome = call(plan_with({"--cuda", "13.0", "--driver", "535.104.05"}));
  CHECK(outcome.status == 1);
  CHECK(outcome.out.starts_with("NONE: nothing is known to work for CUDA 13.0, driver 535.104.05\n"));
  CHECK(contains(outcome.out, "older than 580.65.06, the oldest that runs any CUDA 13.x\n"));
  CHECK(contains(outcome.out, "\n  PyTorch 2.9.1 for CUDA 12.9\n"));
  CHECK(contains(outcome.out, " for CUDA 12.6\n"));
  CHECK(contains(outcome.out, "\n  driver 580.65.06 or later: PyTorch "));
}

TEST_CASE("the JSON of a plan has the documented members") {
  const auto good = plan_json_of({"--gpu", "T4", "--driver", "470.57.02", "--python", "3.11"});
  CHECK(member_names(good) ==
        Names{"changes", "combinations", "doubts", "driver_cuda", "given", "left_out", "reasons", "schema"});
  CHECK(good.at("schema") == 1);
  CHECK(good.at("driver_cuda") == "11.4");
  CHECK(good.at("changes").empty());
  CHECK(member_names(good.at("given")) == Names{"driver", "gpus", "python"});
  CHECK(good.at("given").at("driver") == json{{"value", "470.57.02"}, {"from", "--driver"}});
  CHECK(good.at("given").at("gpus").at("value") ==
        json::array({{{"name", "T4"}, {"compute_capability", "7.5"}, {"count", 1}}}));
  REQUIRE(!good.at("combinations").empty());
  for (const auto& combination : good.at("combinations")) CHECK(member_names(combination) == kCombination);
  const auto& best = good.at("combinations").at(0);
  CHECK(best.at("driver_support") == "minor_version");
  CHECK(best.at("oldest_driver") == "450.80.02");
  REQUIRE(!best.at("findings").empty());
  CHECK(member_names(best.at("findings").at(0)) ==
        Names{"cause", "evidence", "fix", "rule", "severity", "sources", "subject", "title", "why"});
  for (const auto& reason : good.at("reasons")) CHECK(member_names(reason) == Names{"text", "what"});
}

TEST_CASE("the JSON of a plan without combinations has changes of the same shape") {
  const auto none = plan_json_of({"--gpu", "RTX 5090", "--torch", "2.5.1"});
  CHECK(none.at("combinations").empty());
  REQUIRE(!none.at("reasons").empty());
  CHECK(none.at("reasons").at(0).at("what") == "gpu");
  REQUIRE(!none.at("changes").empty());
  for (const auto& change : none.at("changes")) {
    CHECK(member_names(change) == Names{"best", "things"});
    CHECK(member_names(change.at("best")) == kCombination);
    for (const auto& thing : change.at("things")) CHECK(member_names(thing) == Names{"bound", "to", "what"});
  }
  CHECK(none.at("changes").at(0).at("things") ==
        json::array({{{"what", "torch"}, {"to", "2.7.0"}, {"bound", "exactly"}}}));
}

TEST_CASE("a branch stands for its newest driver, and amd64 for x86_64") {
  const auto given = plan_json_of({"--driver", "470", "--arch", "amd64"}).at("given");
  CHECK(given.at("driver").at("value") == "470.256.02");
  CHECK(given.at("driver").at("from") == "--driver: the newest known of branch 470");
  CHECK(given.at("arch").at("value") == "x86_64");
}

TEST_CASE("what options leave open comes from the target, unless --alone", "[unsanitized]") {
  const TemporaryDirectory node;
  test::write_gpu_node(node);
  const std::string root = node.path().string();
  const auto host =
      json::parse(call({"plan", "--root", root, "--format", "json", "--python", "3.12"}).out).at("given");
  CHECK(host.at("driver").at("value") == "535.104.05");
  CHECK(host.at("gpus").at("value").at(0).at("name") == "H100 80GB HBM3");
  CHECK(host.at("python") == json{{"value", "3.12"}, {"from", "--python"}});
  CHECK(member_names(plan_json_of({"--root", root})).size() == 8);
  CHECK(member_names(plan_json_of({"--root", root}).at("given")) == Names{"gpus"});
}

TEST_CASE("a forward-compatible libcuda is named with the driver that it stands before") {
  const TemporaryDirectory folder;
  folder.file("node.json",
              R"({"schema": 1, "target": "node", "subjects": [{"kind": "host", "id": "host", "facts": {
    "driver.module_version": {"value": "470.57.02", "source": "x"},
    "driver.libcuda_kind": {"value": "compat", "source": "x"},
    "driver.library_version": {"value": "535.104.05", "source": "x"}}}]})");
  const auto outcome = call({"plan", "--facts", folder / "node.json", "--torch", "2.4.1", "--cuda", "12.1"});
  CAPTURE(outcome.err);
  CHECK(outcome.status == 0);
  CHECK(contains(
      outcome.out,
      "\n     Driver 470.57.02 with the forward-compatible libcuda 535.104.05 brings CUDA 12.1 or "));
  const auto plan = json::parse(call({"plan", "--facts", folder / "node.json", "--format", "json"}).out);
  CHECK(plan.at("given").at("driver").at("compat") == "535.104.05");
}

TEST_CASE("musl has no wheels, whatever its version", "[unsanitized]") {
  const auto outcome = call(plan_with({"--glibc", "musl"}));
  CHECK(outcome.status == 1);
  CHECK(outcome.out.starts_with("NONE: nothing is known to work for musl\n"));
  CHECK(contains(outcome.out, "PyTorch's wheels need glibc, and this system has musl\n"));
}

TEST_CASE("bad input of a plan is told with its option, and nothing is printed") {
  struct Sample {
    test::Arguments options;
    std::string message;
  };
  const std::vector<Sample> samples = {
      {{"--gpu", "rtx 5099"}, "--gpu rtx 5099: no known GPU has this name (nearest: RTX 5090, "},
      {{"--gpu", "A100", "--gpu", "nonsense"}, "--gpu nonsense: no known GPU has this name\n"},
      {{"--gpu", "12.7"}, "--gpu 12.7: no known compute capability; known are "},
      {{"--gpu", "10de:ffff"}, "--gpu 10de:ffff: no known GPU has this PCI id; "},
      {{"--gpu", "GeForce"}, "--gpu GeForce: several kinds of GPU have such names: "},
      {{"--driver", "5800"}, "--driver 5800: not a branch whose releases are known; "},
      {{"--driver", "new"}, "--driver new: not a version such as 550.54.15\n"},
      {{"--python", "3"}, "--python 3: not a version such as 3.12\n"},
      {{"--torch", "newest"}, "--torch newest: not a version; "},
      {{"--torch", "2.8.0+cpu"}, "--torch 2.8.0+cpu: plans are for CUDA builds only, "},
      {{"--torch", "2.6.0+cu124", "--cuda", "11.8"},
       "--cuda 11.8: the tag in --torch is that of CUDA 12.4\n"},
      {{"--cuda", "cu1"}, "--cuda cu1: not a CUDA version; "},
      {{"--glibc", "2"}, "--glibc 2: not a version such as 2.31, nor musl\n"},
      {{"--format", "xml"}, "--format: xml not in {text,json}\n"},
  };
  for (const auto& sample : samples) {
    const auto outcome = call(plan_with(sample.options));
    CAPTURE(sample.options, outcome.err);
    CHECK(outcome.status == 64);
    CHECK(outcome.out.empty());
    CHECK(outcome.err.starts_with("gpu-preflight: " + sample.message));
  }
}

TEST_CASE("a plan that can't be written is told by its own status") {
  const TemporaryDirectory results;
  CHECK(call(plan_with({"--gpu", "A100", "-o", results / "no/such/directory"})).status == 73);
}
