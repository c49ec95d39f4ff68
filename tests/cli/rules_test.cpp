// The verb rules, for those who write them.
#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "doubles/gpu_node.hpp"
#include "program.hpp"

using namespace preflight;
using nlohmann::json;
using test::call;

TEST_CASE("rules eval prints a value as JSON, and other outcomes in words") {
  const test::TemporaryDirectory node;
  test::write_gpu_node(node);
  const auto eval = [&](const std::string& expression) {
    return call({"rules", "eval", expression, "--root", node.path().string()});
  };
  CHECK(eval("size(gpus)").out == "1\n");
  CHECK(eval("driver.module_version").out == "\"535.104.05\"\n");
  CHECK(eval("driver.module_version >= version(\"525\")").out == "true\n");
  CHECK(eval("wsl.version").out == "absent: wsl.version\n");
  CHECK(eval("wsl.version").status == 0);
  const auto wrong = eval("driver.modul_version");
  CHECK(wrong.status == 64);
  CHECK(wrong.err.find("nearest: driver.module") != std::string::npos);
}

TEST_CASE("rules eval --file prints one JSON result a line") {
  const test::TemporaryDirectory node;
  test::write_gpu_node(node);
  node.file("expressions", "size(gpus)\n1 +\nwsl.version\n");
  const auto outcome =
      call({"rules", "eval", "--file", node / "expressions", "--root", node.path().string()});
  CHECK(outcome.status == 0);
  CHECK(outcome.out ==
        "{\"value\":1}\n"
        "{\"error\":\"line 1, column 4: the expression ends too early\"}\n"
        "{\"absent\":[\"wsl.version\"]}\n");
}

TEST_CASE("a rule is shown with its sources, how far they carry, and its examples") {
  const std::string shown = call({"rules", "show", "nccl-weak-atomic-hangs-on-arm"}).out;
  CHECK(shown.find("\n- <https://github.com/NVIDIA/nccl/releases/tag/v2.29.3-1>\n") != std::string::npos);
  CHECK(shown.find("\n- matches: `{\"nccl.versions\":[\"2.29.2\"],") != std::string::npos);
  CHECK(shown.find("\n- passes: `{\"nccl.versions\":[\"2.29.3\"],") != std::string::npos);
}

TEST_CASE("the list can be searched") {
  const auto found = json::parse(call({"rules", "list", "ARM", "nccl", "hang", "--format", "json"}).out);
  std::vector<std::string> ids;
  for (const auto& rule : found) ids.push_back(rule.at("id"));
  CHECK(std::ranges::count(ids, "nccl-weak-atomic-hangs-on-arm") == 1);
  CHECK(ids.size() < 20);
  CHECK(call({"rules", "list", "no-such-word-anywhere"}).out.empty());
}

TEST_CASE("the rules in the program are listed, shown, checked and tested", "[unsanitized]") {
  const auto list = json::parse(call({"rules", "list", "--format", "json"}).out);
  CHECK(list.size() >= 50);
  const std::string catalogue = call({"rules", "list", "--format", "markdown"}).out;
  // Each call loads all rules, so that some of them must do.
  for (std::size_t place = 0; place < list.size(); place += 60) {
    const std::string id = list.at(place).at("id");
    const std::string shown = call({"rules", "show", id}).out;
    CHECK(shown.starts_with("## " + id + "\n"));
    CHECK(catalogue.find("\n" + shown) != std::string::npos);
  }
  const auto linted = call({"rules", "lint"}).out;
  CHECK(linted.starts_with(std::to_string(list.size()) + " rules, "));
  CHECK(linted.ends_with(" signatures, no problems\n"));
  const auto tested = call({"rules", "test"});
  CHECK(tested.status == 0);
  CHECK(tested.out.ends_with(" examples, all as they should be\n"));
}
