// What people get who hold the log of a job that died.
#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "program.hpp"
#include "target/temporary_directory.hpp"

using namespace preflight;
using nlohmann::json;
using test::call;
using test::start;

namespace {

std::vector<std::string> causes(const json& report) {
  std::vector<std::string> all;
  for (const auto& finding : report.at("findings")) all.push_back(finding.at("cause"));
  return all;
}

json explained(const std::string& text, const std::vector<std::string>& more = {}) {
  std::vector<std::string> arguments = {"explain", "-", "--format", "json"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return json::parse(start(arguments, {.input = text}).out);
}

// A job out of memory, torch's advice below it, and a scheduler that blames the node.
constexpr const char* kNight =
    "step 4711 loss 2.31\r step 4712 loss 2.30\n"
    "[rank3]: torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB. GPU 3 has a total "
    "capacity of 79.15 GiB of which 1.06 GiB is free. Process 91313 has 61.20 GiB memory in use. Including "
    "non-PyTorch memory, this process has 16.88 GiB memory in use. Of the allocated memory 15.90 GiB is "
    "allocated by PyTorch, and 12.00 MiB is reserved by PyTorch but unallocated.\n"
    "CUDA kernel errors might be asynchronously reported at some other API call, so the stacktrace below "
    "might be incorrect.\n"
    "For debugging consider passing CUDA_LAUNCH_BLOCKING=1\n"
    "slurmstepd: error: *** JOB 4711 ON node17 CANCELLED AT 2026-03-02T03:11:09 DUE TO NODE FAILURE ***\n";

}  // namespace

TEST_CASE("the log of the night: who took the memory comes first, then what follows from it") {
  const auto outcome = start({"explain", "-"}, {.input = kNight});
  CHECK(outcome.status == 1);
  CHECK(outcome.out.find("error: Another process holds most of the GPU's memory: 61 of 79 GiB\n") !=
        std::string::npos);
  CHECK(outcome.out.find("    standard input:2: [rank3]: torch.OutOfMemoryError") != std::string::npos);
  CHECK(outcome.out.find("kill 91313") != std::string::npos);
  CHECK(causes(explained(kNight)) ==
        std::vector<std::string>{"gpu-memory-taken", "node-failed-in-scheduler", "cuda-error-reported-late"});
}

TEST_CASE("reserved memory that is not allocated is fragmentation, not another process") {
  const auto report = explained(
      "CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 79.15 GiB of which 1.06 "
      "GiB is free. Including non-PyTorch memory, this process has 78.00 GiB memory in use. Of the allocated "
      "memory 60.00 GiB is allocated by PyTorch, and 17.40 GiB is reserved by PyTorch but unallocated.\n");
  CHECK(causes(report).front() == "gpu-memory-fragmented");
}

TEST_CASE("one line with several causes is settled by facts") {
  const test::TemporaryDirectory folder;
  const std::string log =
      "RuntimeError: NCCL error in: x.cpp:784, unhandled system error, NCCL version 2.7.8\n";
  const auto open = explained(log);
  CHECK(open.at("findings").empty());
  CHECK(open.at("possible").at(0).at("cause") == "dev-shm-too-small");
  CHECK(open.at("possible").at(0).at("missing").at(0).at("fact") == "shm.size");
  CHECK(start({"explain", "-"}, {.input = log}).status == 2);

  folder.file("node.json",
              R"({"schema": 1, "target": "node", "subjects": [{"kind": "host", "id": "host", "facts":
    {"shm.size": {"value": 67108864, "source": "/proc/mounts"}, "limits.memlock": {"absent": true, "source": "x"}}}]})");
  const auto settled = explained(log, {"--facts", folder / "node.json"});
  CHECK(causes(settled).front() == "dev-shm-too-small");
  CHECK(settled.at("possible").empty());
}

TEST_CASE("a log without anything known is no error, and no clean bill of health either") {
  const auto outcome = start({"explain", "-"}, {.input = "step 1\nstep 2\n"});
  CHECK(outcome.status == 0);
  CHECK(outcome.out == "standard input, 2 lines: nothing known in it\n");
  CHECK(start({"explain", "-"}, {.input = ""}).status == 0);
  CHECK(call({"explain", "/nonexistent/train.log"}).status == 64);
  CHECK(call({"explain"}).status == 64);
}

TEST_CASE("facts that carry a log's messages are judged by check, too") {
  const auto report = explained("Failed to initialize NVML: Driver/library version mismatch\n");
  CHECK(report.at("findings").at(0).at("evidence").at(0).at("source") == "standard input:1");
  const auto checked =
      start({"check", "--facts", "-", "--format", "json"}, {.input = report.at("facts").dump()});
  CHECK(causes(json::parse(checked.out)) == std::vector<std::string>{"driver-library-version-mismatch"});
}

TEST_CASE("a log of any bytes is read in bounded memory") {
  const std::string line = std::string(1 << 20, 'x') + std::string(1 << 10, '\0') + "\xff\xfe\x1b[31m";
  std::string text;
  for (int round = 0; round < 64; ++round) text += line;
  text += "\nFailed to initialize NVML: Unknown Error\n";
  const auto outcome =
      start({"explain", "-", "--format", "json"}, {.input = text, .memory = std::size_t{400} << 20});
  CHECK(causes(json::parse(outcome.out)) == std::vector<std::string>{"systemd-reload-drops-gpu-cgroup"});
}

TEST_CASE("lint finds rules that name no signature or capture") {
  const test::TemporaryDirectory folder;
  folder.file("rule.json", R"json({"rules": [{"id": "a", "cause": "driver-not-loaded", "for_each": "messages",
    "when": "message.signature == \"xit\" && message.captures[\"gpi\"] == \"0\"", "severity": "note", "title": "t",
    "why": "w", "fix": ["f"], "sources": ["https://example.org/"], "matches": [{}], "passes": [{}]}]})json");
  const auto outcome = call({"rules", "lint", folder / "rule.json"});
  CHECK(outcome.status == 1);
  CHECK(outcome.err.find("a: there is no signature 'xit'\n") != std::string::npos);
  CHECK(outcome.err.find("a: there is no capture 'gpi'\n") != std::string::npos);
}
