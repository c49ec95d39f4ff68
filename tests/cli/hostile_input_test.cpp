// Files that the user names, made to do harm: a clear error, in bounded memory.
#include <sys/stat.h>

#include "catch.hpp"
#include "program.hpp"
#include "target/temporary_directory.hpp"

using namespace preflight;
using test::start;
using test::TemporaryDirectory;

namespace {

constexpr std::size_t kMemory = std::size_t{200} << 20;

test::Outcome check_facts(const TemporaryDirectory& directory) {
  return start({"check", "--facts", directory / "facts.json"}, {.memory = kMemory});
}

std::string binary(std::size_t size) {
  std::string bytes;
  std::uint32_t state = 1;
  while (bytes.size() < size) {
    state = state * 1664525U + 1013904223U;
    bytes += static_cast<char>(state >> 24U);
  }
  return bytes;
}

std::string repeated(const std::string& text, std::size_t count) {
  std::string all;
  all.reserve(text.size() * count);
  for (std::size_t index = 0; index < count; ++index) all += text;
  return all;
}

constexpr const char* kSubjects = R"({"schema": 1, "target": "x", "subjects": [)";

}  // namespace

TEST_CASE("a facts file that isn't one is an error that says where") {
  const TemporaryDirectory directory;
  const auto [text, problem] = GENERATE(table<std::string, std::string>({
      {"", "line 1, column 1: "},
      {"\xff\xfe{\x01}", "line 1, column 1: "},
      {R"({"schema": 1, "target": "x", "subjects": [{"kind": "host")", "line 1, column "},
      {repeated("[", 100'000), "nested deeper than 64 levels"},
      {kSubjects + repeated(R"({"kind":)", 100'000), "nested deeper than 64 levels"},
      {"null", "not a facts file"},
      {R"({"schema": 999, "subjects": []})", "version 999 is newer than this program reads"},
      {kSubjects + std::string(R"({"kind": "host", "id": "host", "facts": {"gpus": {"value": "two"}}}]})"),
       "gpus: the value is not of type integer"},
  }));
  directory.file("facts.json", text);
  const auto outcome = check_facts(directory);
  CAPTURE(outcome.err);
  CHECK(outcome.status == 64);
  CHECK(outcome.out.empty());
  CHECK(outcome.err.starts_with("gpu-preflight: --facts " + (directory / "facts.json") + ": "));
  CHECK(outcome.err.find(problem) != std::string::npos);
}

TEST_CASE("a huge facts file is refused before it fills the memory") {
  const TemporaryDirectory directory;
  SECTION("65 MB") {
    directory.file("facts.json");
    std::filesystem::resize_file(directory / "facts.json", std::uintmax_t{65} << 20);
    CHECK(check_facts(directory).err.ends_with(": larger than 32 MiB\n"));
  }
  SECTION("more values than fit") {
    directory.file("facts.json", "[" + repeated("[],", 9'000'000) + "0]");
    CHECK(check_facts(directory).err.ends_with(": more than 1000000 values\n"));
  }
  SECTION("a stream without an end") {
    const auto outcome = start({"check", "--facts", "/dev/zero"}, {.memory = kMemory});
    CHECK(outcome.err == "gpu-preflight: --facts /dev/zero: larger than 32 MiB\n");
  }
  CHECK(check_facts(directory).status == 64);
}

TEST_CASE("a facts file with strange values is judged") {
  const TemporaryDirectory directory;
  directory.file("facts.json", kSubjects + std::string(R"(
      {"kind": "host", "id": "host", "facts": {
        "driver.module_version": {"value": "535.\u0000\u001b[2J"},
        "environments": {"value": 1}, "gpus": {"value": -9223372036854775808}}},
      {"kind": "environment", "id": "\u001b]0;title\u0007", "facts": {
        "packages": {"value": {"torch": "not a version", "": ""}}, "torch.version": {"value": "not a version"}}}]})"));
  const auto outcome = check_facts(directory);
  CAPTURE(outcome.out, outcome.err);
  CHECK(outcome.status <= 2);
  CHECK(outcome.out.find('\x1b') == std::string::npos);
  CHECK(outcome.out.find('\0') == std::string::npos);
}

TEST_CASE("what is no collect_env dump is said not to be one") {
  const auto text = GENERATE(as<std::string>{}, "", binary(100'000), std::string(100'000, '\n'),
                             repeated("a: b\n", 100'000));
  const auto outcome = start({"check", "--collect-env", "-"}, {.input = text, .memory = kMemory});
  CHECK(outcome.status == 64);
  CHECK(outcome.err.starts_with("gpu-preflight: --collect-env -: no output of collect_env in this text"));
}

TEST_CASE("every problem of rule files is listed, with its place") {
  const TemporaryDirectory directory;
  const auto rule = [](const std::string& id, const std::string& when) {
    return "  {\"id\": \"" + id +
           "\", \"cause\": \"driver-too-old-for-cuda\", \"severity\": \"error\",\n   \"when\": \"" + when +
           "\",\n   \"title\": \"T\", \"why\": \"W.\", \"fix\": [\"F\"], \"sources\": "
           "[\"https://example.org/x\"],\n"
           "   \"matches\": [{}], \"passes\": [{}]}";
  };
  directory.file("one.json", "{\"rules\": [\n" + rule("no-such-fact", "driver.versoin == 1") + ",\n" +
                                 rule("mixed-types", "size(gpus) == 'two'") + ",\n" +
                                 rule("cut", "size(gpus) >") + "\n]}\n");
  directory.file("two.json", "{\"rules\": [\n  oops\n]}\n");
  directory.file("three.json", binary(1000));
  const auto outcome =
      start({"rules", "lint", directory / "one.json", directory / "two.json", directory / "three.json"},
            {.memory = kMemory});
  CAPTURE(outcome.err);
  CHECK(outcome.status == 1);
  CHECK(outcome.out.empty());
  const auto lists = [&](const std::string& place) {
    return outcome.err.find(directory / place) != std::string::npos;
  };
  CHECK(lists("one.json:3:20: no-such-fact: "));
  CHECK(lists("one.json:7:24: mixed-types: "));
  CHECK(lists("one.json:11:"));
  CHECK(lists("two.json:2:3: "));
  CHECK(lists("three.json:1:"));
}

TEST_CASE("rules that nest without an end are refused") {
  const TemporaryDirectory directory;
  directory.file("deep.json", repeated("[", 100'000));
  CHECK(start({"rules", "lint", directory / "deep.json"}, {.memory = kMemory}).status == 1);
  const auto deep = start({"rules", "eval", repeated("(", 50'000)}, {.memory = kMemory});
  CHECK(deep.status == 64);
  CHECK(deep.err.starts_with("gpu-preflight: line 1, column "));
}
