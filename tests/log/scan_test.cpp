// What is found in a log, and how much of it is kept.
#include "log/scan.hpp"

#include "catch.hpp"
#include "log/record.hpp"

using namespace preflight;

namespace {

constexpr const char* kSignatures = R"json({"signatures": [
  {"id": "full", "patterns": ["out of (?P<what>memory|disk)", "no (?P<what>space) left"], "meaning": "Something is full",
   "sources": ["https://example.org/"], "matches": ["out of memory"], "passes": ["out of time"]},
  {"id": "signal", "patterns": ["signal (?P<number>\\d+)"], "meaning": "A signal ended a process",
   "sources": ["https://example.org/"], "matches": ["signal 9"], "passes": ["signals"]}
]})json";

log::SignatureSet signatures() {
  auto loaded = log::load_signatures({{"test.json", kSignatures}});
  REQUIRE(loaded.problems.empty());
  return std::move(loaded.set);
}

log::Scan scan(const log::SignatureSet& set, const std::string& text) {
  log::Scanner scanner(set);
  scanner.feed(text);
  return scanner.finish();
}

std::vector<std::string> problems_of(const std::string& patterns) {
  const auto loaded =
      log::load_signatures({{"test.json", R"({"signatures": [{"id": "one", "patterns": [)" + patterns +
                                              R"(], "meaning": "m", "sources": ["https://example.org/"],
                             "matches": ["a"], "passes": ["b"]}]})"}});
  std::vector<std::string> texts;
  for (const auto& problem : loaded.problems) texts.push_back(problem.message);
  return texts;
}

}  // namespace

TEST_CASE("lines with one signature and the same captures are one message") {
  const auto set = signatures();
  const auto found =
      scan(set, "[rank3] out of memory\nfine\n2026-01-01 no space left\nout of memory, signal 9\n");
  REQUIRE(found.messages.size() == 3);
  CHECK(found.lines == 4);
  CHECK(found.messages[0].text == "[rank3] out of memory");
  CHECK(found.messages[0].line == 1);
  CHECK(found.messages[0].count == 2);
  CHECK(found.messages[0].captures == log::Captures{{"what", "memory"}});
  CHECK(found.messages[1].captures == log::Captures{{"what", "space"}});
  CHECK(found.messages[2].line == 4);
}

TEST_CASE("what is kept is bounded, and the match is in what is kept of its line") {
  const auto set = signatures();
  std::string text;
  for (int number = 0; number < 1000; ++number) text += "signal " + std::to_string(number) + "\n";
  CHECK(scan(set, text).messages.size() == log::kMostVariants);
  const auto found = scan(set, std::string(5000, '.') + " out of disk " + std::string(5000, '.'));
  REQUIRE(found.messages.size() == 1);
  CHECK(found.messages[0].text.size() <= log::kMostTextBytes + 6);
  CHECK(found.messages[0].text.find("out of disk") != std::string::npos);
}

TEST_CASE("hostile bytes neither match nor harm") {
  const auto set = signatures();
  std::string bytes;
  for (int round = 0; round < 4096; ++round) bytes += static_cast<char>(round * 37 % 256);
  CHECK(scan(set, bytes).messages.empty());
  CHECK(scan(set, std::string(1 << 20, '\0')).messages.empty());
  CHECK(scan(set, "").lines == 0);
  CHECK(scan(set, "\xff out of memory \xfe").messages.size() == 1);
}

TEST_CASE("messages become facts whose sources say where the line stands") {
  const auto set = signatures();
  facts::Document document;
  document.subject("message", "of an earlier log");
  log::record(scan(set, "\nsignal 9\nsignal 11 \xff\n"), set, "job.log", document);
  const auto messages = document.of_kind("message");
  REQUIRE(messages.size() == 2);
  CHECK(*document.host().integer("messages") == 2);
  CHECK(messages[0]->id == "signal");
  CHECK(messages[1]->id == "signal 2");
  CHECK(messages[0]->find("text")->source == "job.log:2");
  CHECK(*messages[1]->text("text") == "signal 11 \xef\xbf\xbd");
}

TEST_CASE("what is wrong with a signature is reported") {
  CHECK(problems_of("\"a\"").empty());
  CHECK(problems_of("\"(a\"").front().starts_with("not an expression of RE2"));
  CHECK(problems_of("\"(?=a)b\"").front().starts_with("not an expression of RE2"));
  CHECK(problems_of("\"a*\"") == std::vector<std::string>{"it matches the empty line"});
  CHECK(problems_of("\"(a)\"").front().starts_with("a group without a name"));
  CHECK(problems_of("").front() == "'patterns' is missing or empty");
  CHECK(log::load_signatures({{"x", "{\"rules\": []}"}}).problems.size() == 1);
  CHECK(log::load_signatures({{"x", "\xff"}}).problems.front().message == "not valid UTF-8");
  CHECK(log::is_signature_file(kSignatures));
  CHECK(!log::is_signature_file("{\"rules\": []}"));
}

TEST_CASE("an example that comes out otherwise is reported at its line") {
  auto loaded = log::load_signatures({{"x", R"({"signatures": [{"id": "a", "patterns": ["a"], "meaning": "m",
    "sources": ["https://example.org/"], "matches": ["b"], "passes": ["a"]}]})"}});
  REQUIRE(loaded.problems.empty());
  const auto result = log::run_examples(loaded.set);
  CHECK(result.run == 2);
  REQUIRE(result.problems.size() == 2);
  CHECK(to_text(result.problems[0]) == "x:2:54: a: the line of 'matches' is not matched");
}

TEST_CASE("the embedded signatures are found in their own lines") {
  const auto set = log::embedded_signatures();
  CHECK(!set.signatures.empty());
  std::string problems;
  for (const auto& problem : log::run_examples(set).problems) problems += to_text(problem) + "\n";
  CHECK(problems == "");
}
