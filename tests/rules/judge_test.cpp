#include "rules/judge.hpp"

#include <string>
#include <vector>

#include "catch.hpp"
#include "facts/writer.hpp"
#include "rule_text.hpp"

using namespace preflight;

namespace {

std::string object(const std::string& id, const std::string& cause, const std::string& severity,
                   const std::string& when, const std::string& for_each = "") {
  RuleText text;
  text.with("id", "\"" + id + "\"").with("cause", "\"" + cause + "\"");
  text.with("severity", "\"" + severity + "\"").with("when", "\"" + when + "\"");
  if (!for_each.empty()) text.with("for_each", "\"" + for_each + "\"");
  return text.object();
}

rules::RuleSet load(const std::vector<std::string>& objects, const tables::Tables& tables = {}) {
  std::string text;
  for (const auto& rule : objects) text += (text.empty() ? "" : ", ") + rule;
  auto loaded = rules::load_rules({{"r.json", "{\"rules\": [" + text + "]}"}}, some_causes(), tables);
  for (const auto& problem : loaded.problems) INFO(to_text(problem));
  REQUIRE(loaded.problems.empty());
  return std::move(loaded.set);
}

facts::Document two_environments() {
  facts::Document document;
  facts::FactWriter writer(document);
  writer.host().set("driver.module_version", "470.57.02", "/proc/driver/nvidia/version");
  writer.host().set("environments", 2, "/");
  for (const auto* id : {"/a", "/b"}) {
    auto environment = writer.subject("environment", id);
    environment.set("torch.cuda", "12.1", "version.py");
    environment.set("active", std::string_view(id) == "/a", "PATH");
    environment.set("packages", facts::Map{{"numpy", "2.0"}, {"triton", "2.2"}}, "site-packages");
  }
  return document;
}

std::vector<std::string> ids(const rules::Judgement& judgement) {
  std::vector<std::string> all;
  for (const auto& finding : judgement.findings) all.push_back(finding.rule);
  return all;
}

}  // namespace

TEST_CASE("what a filter leaves out is no evidence, unless it leaves out all") {
  const auto paths_read = [](const std::string& when) {
    auto text = RuleText().with("when", "\"" + when + "\"").with("title", R"_("t")_");
    const auto judgement = rules::judge(load({text.object()}), two_environments(), {});
    REQUIRE(judgement.findings.size() == 1);
    std::vector<std::string> read;
    for (const auto& evidence : judgement.findings.front().evidence) {
      if (evidence.subject.kind == "environment") read.push_back(evidence.subject.id + " " + evidence.path);
    }
    return read;
  };
  CHECK(paths_read("size(environments.filter(e, string(e.torch.cuda) == '12.1' && e.active)) == 1") ==
        std::vector<std::string>{"/a torch.cuda", "/a active"});
  CHECK(paths_read("size(environments.filter(e, string(e.torch.cuda) == '11.8')) == 0") ==
        std::vector<std::string>{"/a torch.cuda", "/b torch.cuda"});
}

TEST_CASE("a finding carries its subject, messages, evidence and sources") {
  const auto table = tables::parse_table(R"_({"table": "cuda_family", "meaning": "m", "key": "k",
      "columns": {"min_driver": {"type": "version", "meaning": "m"}}, "sources": ["https://example.org/table"],
      "rows": {"12": {"min_driver": "525.60.13", "sources": ["https://example.org/row"]}}})_");
  REQUIRE(table);
  const tables::Tables tables = {{"cuda_family", *table}};
  auto text = RuleText()
                  .with("for_each", R"_("environments")_")
                  .with("let", R"_({"floor": "table.cuda_family[env.torch.cuda.major()].min_driver"})_")
                  .with("when", R"_("driver.module_version < floor && env.packages.numpy.major() == 2")_")
                  .with("title", R"_("{{Driver}} {driver.module_version}: {floor}, {env}, {os.id}")_");
  const auto judgement = rules::judge(load({text.object()}, tables), two_environments(), tables);
  CHECK(judgement.evaluated == 2);
  CHECK(judgement.undecided.empty());
  REQUIRE(judgement.findings.size() == 2);
  const auto& finding = judgement.findings.front();
  CHECK(finding.subject == rules::SubjectName{"environment", "/a"});
  CHECK(finding.title == "{Driver} 470.57.02: 525.60.13, /a, unknown");
  CHECK(finding.fix == std::vector<std::string>{"Do."});
  REQUIRE(finding.evidence.size() == 3);
  CHECK(finding.evidence[0].subject.kind == "host");
  CHECK(finding.evidence[0].path == "driver.module_version");
  CHECK(finding.evidence[0].value == "470.57.02");
  CHECK(finding.evidence[0].source == "/proc/driver/nvidia/version");
  CHECK(finding.evidence[1].subject.id == "/a");
  CHECK(finding.evidence[1].path == "torch.cuda");
  CHECK(finding.evidence[2].path == "packages[\"numpy\"]");
  CHECK(finding.evidence[2].value == "2.0");
  CHECK(finding.sources == std::vector<std::string>{"https://example.org", "https://example.org/table",
                                                    "https://example.org/row"});
}

TEST_CASE("a let is called with an item, and sees the lets before it") {
  auto text =
      RuleText()
          .with("for_each", R"_("environments")_")
          .with("let", R"_({"two": "2", "is_two(p)": "env.packages[p].major() == two",
                        "both(p, q)": "known(is_two(p)) && is_two(p) && is_two(q)", "old": "env.packages.filter(p, is_two(p))"})_")
          .with(
              "when",
              R"_("env.packages.exists(p, is_two(p)) && both('numpy', 'triton') && !known(is_two('none'))")_")
          .with("title", R"_("{old.join(', ')}")_");
  const auto judgement = rules::judge(load({text.object()}), two_environments(), {});
  REQUIRE(judgement.findings.size() == 2);
  CHECK(judgement.findings.front().title == "numpy, triton");
  std::string read;
  for (const auto& evidence : judgement.findings.front().evidence) read += evidence.path + " ";
  CHECK(read == R"_(packages packages["numpy"] packages["triton"] packages["none"] )_");
}

TEST_CASE("findings come by severity, then in the order of rules, a cause together") {
  const auto set = load({object("note-one", "some-cause", "note", "true"),
                         object("warning-other", "other-cause", "warning", "true"),
                         object("error-some", "some-cause", "error", "true"),
                         object("warning-some", "some-cause", "warning", "true"),
                         object("error-other", "other-cause", "error", "true"),
                         object("passes", "other-cause", "error", "false")});
  const auto judgement = rules::judge(set, facts::Document{}, {});
  CHECK(ids(judgement) ==
        std::vector<std::string>{"error-some", "warning-some", "note-one", "error-other", "warning-other"});
  CHECK(judgement.evaluated == 6);
}

TEST_CASE("what could not be decided stands once for all subjects that miss the same") {
  const auto set = load({object("host-fact", "some-cause", "error",
                                "kernel.release == 'x' && env.torch.cuda.major() == 12", "environments"),
                         object("own-fact", "some-cause", "error", "env.torch.git == 'x'", "environments")});
  auto document = two_environments();
  document.subjects.back().facts.insert_or_assign("torch.git",
                                                  facts::unknown({"not readable"}, "version.py"));
  const auto judgement = rules::judge(set, document, {});
  CHECK(judgement.findings.empty());
  REQUIRE(judgement.undecided.size() == 3);
  CHECK(judgement.undecided[0].rule == "host-fact");
  CHECK(judgement.undecided[0].subjects.size() == 2);
  CHECK(judgement.undecided[0].missing ==
        std::vector<rules::MissingFact>{{"kernel.release", "not recorded"}});
  CHECK(judgement.undecided[1].missing == std::vector<rules::MissingFact>{{"env.torch.git", "not recorded"}});
  CHECK(judgement.undecided[2].missing == std::vector<rules::MissingFact>{{"env.torch.git", "not readable"}});
}

TEST_CASE("a rule whose subjects are unknown is undecided unless they do not matter") {
  const auto set = load({object("matters", "some-cause", "error", "gpu.name == 'x'", "gpus"),
                         object("no-matter", "some-cause", "error", "gpu.name == 'x' && false", "gpus")});
  facts::Document document;
  auto judgement = rules::judge(set, document, {});
  REQUIRE(judgement.undecided.size() == 1);
  CHECK(judgement.undecided[0].rule == "matters");
  CHECK(judgement.undecided[0].subjects.empty());
  CHECK(judgement.undecided[0].missing == std::vector<rules::MissingFact>{{"gpus", "not recorded"}});

  facts::FactWriter(document).host().absent("gpus", "/sys");
  judgement = rules::judge(set, document, {});
  CHECK(judgement.undecided.empty());
  CHECK(judgement.evaluated == 0);
}

TEST_CASE("an absent fact makes a rule not apply") {
  facts::Document document;
  facts::FactWriter(document).host().absent("driver.module_version", "/proc");
  const auto judgement = rules::judge(load({RuleText().object()}), document, {});
  CHECK(judgement.findings.empty());
  CHECK(judgement.undecided.empty());
}

TEST_CASE("an evaluation that would never end fails instead") {
  std::string when = "true";
  for (const char* name : {"a", "b", "c", "d", "e", "f", "g", "h"}) {
    when = "[1,2,3,4,5,6,7,8,9,10].all(" + std::string(name) + ", " + when + ")";
  }
  const auto judgement = rules::judge(load({object("endless", "some-cause", "error", when)}), {}, {});
  CHECK(judgement.findings.empty());
}
