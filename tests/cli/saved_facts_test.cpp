// What was probed on one machine is judged the same on another.
#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "doubles/gpu_node.hpp"
#include "program.hpp"

using namespace preflight;
using nlohmann::json;
using test::call;
using test::start;

TEST_CASE("saved facts give the findings and the verdict of the machine that they come from") {
  const test::TemporaryDirectory node;
  const test::TemporaryDirectory saved;
  test::write_gpu_node(node);
  const auto broken = GENERATE(false, true);
  if (broken) {
    test::write_driver_version(node, "470.57.02");
    test::write_package(node, "numpy", "2.1.0");
    std::filesystem::remove(node / "proc/modules");
  }
  const std::string root = node.path().string();
  const auto direct = call({"check", "--root", root, "--format", "json"});
  CHECK(direct.status == (broken ? 1 : 0));

  const auto probed = call({"probe", "--root", root, "--format", "json"});
  REQUIRE(probed.status == 0);
  saved.file("facts.json", probed.out);
  const auto from_file = call({"check", "--facts", saved / "facts.json", "--format", "json"});
  CHECK(from_file.out == direct.out);
  CHECK(from_file.status == direct.status);

  const auto piped = start({"check", "--facts", "-", "--format", "json"}, {.input = probed.out});
  CHECK(piped.out == direct.out);
  CHECK(piped.status == direct.status);

  // A report holds the facts, too.
  const auto again = start({"check", "--facts", "-", "--format", "json"}, {.input = direct.out});
  CHECK(again.out == direct.out);
}

TEST_CASE("probe prints each fact with its source, and lists the probes") {
  const test::TemporaryDirectory node;
  test::write_gpu_node(node);
  const auto text = call({"probe", "--root", node.path().string()}).out;
  CHECK(text.find("  driver.module_version = 535.104.05  (/proc/driver/nvidia/version)\n") !=
        std::string::npos);
  CHECK(text.find("environment /opt/venv\n") != std::string::npos);
  const auto list = call({"probe", "--list"});
  CHECK(list.status == 0);
  CHECK(list.out.find("    reads /proc/driver/nvidia/version\n") != std::string::npos);
}

TEST_CASE("a collect_env dump is judged by the same rules") {
  const auto outcome = call({"check", "--format", "json", "--collect-env",
                             PREFLIGHT_SOURCE_DIR "/tests/collect_env/dumps/venv-torch-2.2.0-numpy-2.txt"});
  CHECK(outcome.status == 1);
  std::vector<std::string> errors;
  const auto report = json::parse(outcome.out);
  for (const auto& finding : report.at("findings")) {
    if (finding.at("severity") == "error") errors.push_back(finding.at("cause"));
  }
  CHECK(errors == std::vector<std::string>{"numpy-abi-mismatch", "torchvision-torch-mismatch"});
}
