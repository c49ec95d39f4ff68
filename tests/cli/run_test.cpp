// run -- COMMAND: as if gpu-preflight had never been there, or not at all.
#include "catch.hpp"
#include "doubles/gpu_node.hpp"
#include "program.hpp"

using namespace preflight;
using test::start;

namespace {

struct NodeToRunOn : test::TemporaryDirectory {
  NodeToRunOn() { test::write_gpu_node(*this); }
  test::Arguments run(const test::Arguments& command) const {
    test::Arguments arguments = {"run", "--root", path().string(), "--"};
    arguments.insert(arguments.end(), command.begin(), command.end());
    return arguments;
  }
};

}  // namespace

TEST_CASE("a command on a ready machine has this process, its streams and its status") {
  const NodeToRunOn node;
  const auto outcome =
      start(node.run({"/bin/sh", "-c", "echo $$ \"$1\" \"$WORD\"; cat; echo problem >&2; exit 7", "sh", "--",
                      "two words"}),
            {.input = "typed\n", .environment = {"WORD=kept"}});
  CHECK(outcome.out == std::to_string(outcome.process) + " -- kept\ntyped\n");
  CHECK(outcome.err == "problem\n");
  CHECK(outcome.status == 7);
}

TEST_CASE("a command is found on PATH, and a signal ends it as it would without us") {
  const NodeToRunOn node;
  const auto outcome =
      start(node.run({"sh", "-c", "kill -TERM $$"}), {.environment = {"PATH=/usr/bin:/bin"}});
  CHECK(outcome.status == 128 + 15);
}

TEST_CASE("on a machine that isn't ready the command is not run, and the reason is told") {
  const NodeToRunOn node;
  test::write_driver_version(node, "470.57.02");
  const std::string trace = node / "was-run";
  const auto outcome = start(node.run({"/bin/sh", "-c", "echo x; echo x > " + trace}));
  CHECK(outcome.status == 1);
  CHECK(outcome.out.empty());
  CHECK(outcome.err.starts_with("NOT READY: "));
  CHECK(outcome.err.find("[driver-too-old-for-cuda]") != std::string::npos);
  CHECK(!std::filesystem::exists(trace));
}

TEST_CASE("a machine that could not be judged doesn't run the command either") {
  const NodeToRunOn node;
  const auto outcome =
      start({"run", "--root", node.path().string(), "--env", "/opt/other", "--", "/bin/sh", "-c", "echo x"});
  CHECK(outcome.status == 2);
  CHECK(outcome.out.empty());
  CHECK(outcome.err.starts_with("UNDETERMINED: "));
}

TEST_CASE("a command that can't be started has the shell's statuses") {
  const NodeToRunOn node;
  node.file("no-program", "text");
  const auto missing = start(node.run({"/no/such/program"}));
  CHECK(missing.status == 127);
  CHECK(missing.err == "gpu-preflight: /no/such/program: No such file or directory\n");
  const auto forbidden = start(node.run({node / "no-program"}));
  CHECK(forbidden.status == 126);
  CHECK(forbidden.out.empty());
}

TEST_CASE("without a command there is nothing to run") {
  const NodeToRunOn node;
  for (const auto& outcome : {start(node.run({})), start({"run", "--root", node.path().string()})}) {
    CHECK(outcome.status == 64);
    CHECK(outcome.err.find("gpu-preflight run [OPTIONS] -- COMMAND") != std::string::npos);
  }
}
