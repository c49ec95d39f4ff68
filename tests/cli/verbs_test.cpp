// What the verbs print and how they exit.
#include <algorithm>

#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "doubles/gpu_node.hpp"
#include "program.hpp"
#include "support/user_file.hpp"

using namespace preflight;
using nlohmann::json;
using test::call;
using test::contains;
using test::member_names;
using test::start;
using test::TemporaryDirectory;

namespace {

// A root to break.
struct NodeToBreak : TemporaryDirectory {
  NodeToBreak() { test::write_gpu_node(*this); }
  std::string root() const { return path().string(); }
};

std::string content_of(const std::string& path) {
  return read_user_file(path, std::size_t{64} << 20).value();
}

// The rules of the findings at this severity.
std::vector<std::string> rules_of(const json& report, const std::string& severity) {
  std::vector<std::string> rules;
  for (const auto& finding : report.at("findings")) {
    if (finding.at("severity") == severity) rules.push_back(finding.at("rule"));
  }
  return rules;
}

}  // namespace

TEST_CASE("a healthy node is ready, and nothing is said against it") {
  const NodeToBreak node;
  const auto outcome = call({"check", "--root", node.root()});
  CAPTURE(outcome.out);
  CHECK(outcome.out.starts_with("READY: nothing found on directory " + node.root() + "\n"));
  CHECK(contains(outcome.out, "1 x NVIDIA H100 80GB HBM3 (compute capability 9.0)\n"));
  CHECK(contains(outcome.out, "535.104.05, proprietary kernel module, libcuda 535.104.05\n"));
  CHECK(contains(outcome.out, "2.2.0+cu121, built for CUDA 12.1\n"));
  CHECK(outcome.err.empty());
  CHECK(outcome.status == 0);
}

TEST_CASE("a driver that is too old for torch is not ready") {
  const NodeToBreak node;
  test::write_driver_version(node, "470.57.02");
  const auto outcome = call({"check", "--root", node.root(), "--format", "json"});
  CHECK(outcome.status == 1);
  const auto report = json::parse(outcome.out);
  CHECK(report.at("verdict") == "not-ready");
  const auto errors = rules_of(report, "error");
  CHECK(std::find(errors.begin(), errors.end(), "driver-too-old-for-cuda") != errors.end());
}

TEST_CASE("an environment that was asked for and can't be read is undetermined, and said to be") {
  const NodeToBreak node;
  const auto outcome = call({"check", "--root", node.root(), "--env", "/opt/other"});
  CHECK(outcome.status == 2);
  CHECK(outcome.out.starts_with("UNDETERMINED: "));
  CHECK(contains(outcome.out, "packages of environment /opt/other: /opt/other is no Python environment"));
}

TEST_CASE("an error outweighs what could not be read") {
  const NodeToBreak node;
  test::write_driver_version(node, "470.57.02");
  CHECK(call({"check", "--root", node.root(), "--env", "/opt/other"}).status == 1);
}

TEST_CASE("the policy decides from which severity on a finding counts") {
  const NodeToBreak node;
  using namespace std::string_literals;
  node.file("proc/self/environ", "PATH=/usr/bin:/opt/venv/bin\0CUDA_LAUNCH_BLOCKING=1\0"s);  // a warning
  const std::vector<std::string> check = {"check", "--root", node.root(), "--fail-on"};
  const auto status = [&](const std::string& severity) {
    auto arguments = check;
    arguments.push_back(severity);
    return call(arguments).status;
  };
  CHECK(call({"check", "--root", node.root()}).status == 0);
  CHECK(status("error") == 0);
  CHECK(status("warning") == 1);
  CHECK(status("note") == 1);
  CHECK(status("never") == 64);
}

TEST_CASE("--strict doesn't take an undecided rule for a pass") {
  const NodeToBreak node;
  std::filesystem::remove(node / "proc/self/environ");
  const auto relaxed = call({"check", "--root", node.root(), "--format", "json"});
  const auto undecided = json::parse(relaxed.out).at("undecided");
  REQUIRE(std::any_of(undecided.begin(), undecided.end(),
                      [](const json& rule) { return rule.at("severity") == "error"; }));
  CHECK(relaxed.status == 0);
  CHECK(call({"check", "--root", node.root(), "--strict"}).status == 2);
}

TEST_CASE("the JSON report has the documented fields and stands alone on standard output") {
  const NodeToBreak node;
  std::filesystem::remove(node / "usr/bin/gcc");
  test::write_driver_version(node, "470.57.02");
  const auto outcome = call({"check", "--root", node.root(), "--env", "/opt/other", "--format", "json"});
  const auto report = json::parse(outcome.out);
  using VerbNames = std::vector<std::string>;
  CHECK(report.at("schema") == 1);
  CHECK(member_names(report) == VerbNames{"elsewhere", "evaluated", "facts", "findings", "schema",
                                          "undecided", "unreadable", "verdict"});
  for (const auto& finding : report.at("findings")) {
    CHECK(member_names(finding) ==
          VerbNames{"cause", "evidence", "fix", "rule", "severity", "sources", "subject", "title", "why"});
    CHECK(!finding.at("fix").empty());
    CHECK(!finding.at("sources").empty());
    for (const auto& fact : finding.at("evidence"))
      CHECK(member_names(fact) == VerbNames{"fact", "source", "subject", "value"});
  }
  for (const auto& rule : report.at("undecided")) {
    CHECK(member_names(rule) == VerbNames{"missing", "rule", "severity", "subjects"});
    CHECK(!rule.at("missing").empty());
  }
  REQUIRE(!report.at("unreadable").empty());
  CHECK(member_names(report.at("unreadable").at(0)) == VerbNames{"fact", "reason", "subject"});
  CHECK(report.at("facts").at("target") == "directory " + node.root());
}

TEST_CASE("-q leaves the verdict and what to do") {
  const NodeToBreak node;
  test::write_driver_version(node, "470.57.02");
  const auto outcome = call({"check", "-q", "--root", node.root()});
  CHECK(outcome.out.starts_with("NOT READY: "));
  CHECK(contains(outcome.out, "  fix: "));
  CHECK(contains(outcome.out, "[driver-too-old-for-cuda]"));
  CHECK(!contains(outcome.out, "Stack"));
  CHECK(!contains(outcome.out, "/proc/driver/nvidia/version"));
}

TEST_CASE("results go to files beside standard output, or instead of it") {
  const NodeToBreak node;
  const TemporaryDirectory results;
  SECTION("a bare file takes the place of standard output") {
    const auto outcome = call({"check", "--root", node.root(), "-o", results / "report"});
    CHECK(outcome.out.empty());
    CHECK(content_of(results / "report").starts_with("READY: "));
    CHECK(outcome.status == 0);
  }
  SECTION("further formats stand beside it, as often as wanted") {
    const auto outcome = call({"check", "--root", node.root(), "-o", "json=" + (results / "one"), "-o",
                               "json=" + (results / "two")});
    CHECK(outcome.out.starts_with("READY: "));
    CHECK(json::parse(content_of(results / "one")).at("verdict") == "ready");
    CHECK(content_of(results / "one") == content_of(results / "two"));
  }
  SECTION("what can't be written is told by its own status") {
    const auto outcome = call({"check", "--root", node.root(), "-o", results / "no/such/directory"});
    CHECK(outcome.status == 73);
    CHECK(outcome.err ==
          "gpu-preflight: --output " + (results / "no/such/directory") + ": No such file or directory\n");
  }
}

TEST_CASE("wrong usage is told apart from every verdict") {
  const NodeToBreak node;
  node.file("nested.json", std::string(100, '['));
  node.file("other.json", "{}");
  const std::string root = node.root();
  const std::vector<test::Arguments> wrong = {
      {},
      {"frobnicate"},
      {"check", "--unknown"},
      {"check", "surplus"},
      {"check", "--format", "xml"},
      {"check", "--facts", root + "/missing.json"},
      {"check", "--facts", root + "/nested.json"},
      {"check", "--facts", root + "/other.json"},
      {"check", "--collect-env", root + "/missing"},
      {"check", "--root", root + "/missing"},
      {"check", "--root", root + "/other.json"},
      {"check", "--root", root, "--facts", root + "/other.json"},
      {"probe", "--root"},
      {"rules"},
      {"rules", "show", "no-such-rule"},
      {"rules", "eval"},
      {"rules", "eval", "1 +"},
      {"rules", "lint", root + "/missing.json"},
  };
  for (const auto& arguments : wrong) {
    const auto outcome = call(arguments);
    CAPTURE(arguments, outcome.err);
    CHECK(outcome.status == 64);
    CHECK(outcome.out.empty());
    CHECK(outcome.err.starts_with("gpu-preflight: "));
  }
}

TEST_CASE("a verb that isn't there is answered with those that are") {
  CHECK(contains(call({"frobnicate"}).err, "check, run, smoke, probe, stack, explain, plan, rules, facts"));
}

TEST_CASE("every option has a twin in the environment, and the option wins") {
  const NodeToBreak node;
  const test::Arguments environment = {"GPU_PREFLIGHT_FORMAT=json", "GPU_PREFLIGHT_ROOT=" + node.root()};
  const auto twin = start({"check"}, {.environment = environment});
  CHECK(twin.status == 0);
  CHECK(json::parse(twin.out).at("facts").at("target") == "directory " + node.root());
  const auto option = start({"check", "--format", "text"}, {.environment = environment});
  CHECK(option.out.starts_with("READY: "));
  // Images often state the version of what they hold. That must not turn a check into its version.
  const auto version =
      start({"check", "--root", node.root()}, {.environment = {"GPU_PREFLIGHT_VERSION=0.1.0"}});
  CHECK(version.out.starts_with("READY: "));
}

TEST_CASE("the version names the schemas") {
  const auto outcome = call({"--version"});
  CHECK(outcome.status == 0);
  CHECK(outcome.out == "gpu-preflight " PREFLIGHT_VERSION " (facts schema 1, report schema 1)\n");
}

TEST_CASE("every verb explains itself") {
  const std::vector<test::Arguments> verbs = {
      {"check"},         {"run"},           {"probe"},        {"stack"},         {"facts"},
      {"rules"},         {"explain"},       {"plan"},         {"rules", "list"}, {"rules", "show"},
      {"rules", "lint"}, {"rules", "test"}, {"rules", "eval"}};
  for (auto arguments : verbs) {
    arguments.emplace_back("--help");
    const auto outcome = call(arguments);
    CAPTURE(outcome.out);
    CHECK(outcome.status == 0);
    CHECK(outcome.err.empty());
    CHECK(contains(outcome.out, "Usage: gpu-preflight "));
    CHECK(contains(outcome.out, "Exit status: 0 "));
    CHECK(contains(outcome.out, "Example"));
  }
}

TEST_CASE("colours are for terminals that want them") {
  const NodeToBreak node;
  const test::Arguments check = {"check", "--root", node.root()};
  const auto colours = [&](test::Terminal terminal, const test::Arguments& environment) {
    const auto outcome = start(check, {.environment = environment, .terminal = terminal});
    REQUIRE(contains(outcome.out, "READY"));
    return contains(outcome.out, "\x1b[");
  };
  CHECK(colours(test::Terminal::on_output, {"TERM=xterm"}));
  CHECK(colours(test::Terminal::on_output, {"TERM=xterm", "NO_COLOR="}));
  CHECK(!colours(test::Terminal::on_output, {"TERM=xterm", "NO_COLOR=1"}));
  CHECK(!colours(test::Terminal::on_output, {"TERM=dumb"}));
  CHECK(!colours(test::Terminal::on_output, {}));
  CHECK(!colours(test::Terminal::none, {"TERM=xterm"}));
}
