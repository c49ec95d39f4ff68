#include <string>

#include "catch.hpp"
#include "rule_text.hpp"

using namespace preflight;

namespace {

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a good rule loads without a problem") {
  const auto loaded = load_text(RuleText().file());
  CHECK(problems_of(RuleText().file()) == "");
  REQUIRE(loaded.set.rules.size() == 1);
  const auto& rule = loaded.set.rules.front();
  CHECK(rule.id == "some-rule");
  CHECK(rule.severity == rules::Severity::error);
  CHECK(rule.when_text == "driver.module_version < version(\"525\")");
}

TEST_CASE("a problem in an expression is shown at its character in the file") {
  SECTION("behind escaped quotes") {
    const auto text =
        RuleText().with("when", R"_("variables[\"A\"] == \"\u00e9\" && driver.versoin == 1")_").file();
    const auto problems = problems_of(text);
    // The line is that of "when"; `versoin` stands in column 51 of it.
    CHECK(holds(problems, "r.json:10:51: some-rule: there is no fact 'driver.versoin' (nearest: driver."));
  }
  SECTION("in a placeholder") {
    const auto problems = problems_of(RuleText().with("title", R"_("A {{\"{driver.nothing}\"}}")_").file());
    CHECK(holds(problems, "r.json:9:25: some-rule: there is no fact 'driver.nothing'"));
  }
  SECTION("in a let") {
    const auto problems = problems_of(RuleText()
                                          .with("let", R"_({"floor": "version(\"5x\")"})_")
                                          .with("when", R"_("floor == floor")_")
                                          .file());
    CHECK(holds(problems, "r.json:5:27: some-rule: not a dotted version: '5x'"));
  }
}

TEST_CASE("each kind of problem in a rule is found") {
  const auto problem = [](const RuleText& text) { return problems_of(text.file()); };
  CHECK(holds(problem(RuleText().without("title")), "'title' is missing"));
  CHECK(holds(problem(RuleText().with("fix", "[]")), "'fix' is empty"));
  CHECK(holds(problem(RuleText().with("source_note", "[]")), "a string is wanted here"));
  CHECK(holds(problem(RuleText().with("sources", "[]")), "'sources' is empty"));
  CHECK(holds(problem(RuleText().with("sources", R"_(["a book"])_")), "a source is a web address"));
  CHECK(holds(problem(RuleText().with("extra", "1")), "unknown member 'extra'"));
  CHECK(holds(problem(RuleText().with("id", "7")), "a string is wanted here"));
  CHECK(holds(problem(RuleText().with("id", R"_("Some_Rule")_")), "an id is written like-this"));
  CHECK(holds(problem(RuleText().with("cause", R"_("som-cause")_")),
              "unknown cause 'som-cause' (nearest: some-cause"));
  CHECK(holds(problem(RuleText().with("severity", R"_("fatal")_")), "a severity is error, warning or note"));
  CHECK(holds(problem(RuleText().with("for_each", R"_("gpu")_")),
              "there are no subjects 'gpu' (nearest: gpus"));
  CHECK(holds(problem(RuleText().with("when", R"_("1 + 1")_")), "'when' is a bool, not an int"));
  CHECK(holds(problem(RuleText().with("when", R"_("driver.module_version < '525'")_")),
              "a version cannot be compared with a string"));
  CHECK(holds(problem(RuleText().with("let", R"_({"a": "1"})_")), "the let 'a' is not used"));
  CHECK(holds(problem(RuleText().with("let", R"_({"driver": "1"})_").with("why", R"_("{driver}")_")),
              "'driver' is the name of a fact"));
  CHECK(holds(problem(RuleText().with("let", R"_({"a b": "1"})_")), "'a b' is not a name"));
  CHECK(holds(problem(RuleText().with("let", R"_({"b": "a", "a": "1"})_")), "there is no fact 'a'"));
  CHECK(holds(problem(RuleText().with("why", R"_("an open {brace")_")),
              "this placeholder has no closing brace"));
  CHECK(holds(problem(RuleText().with("why", R"_("a lone } brace")_")), "a brace closes nothing"));
  CHECK(holds(problem(RuleText().with("why", R"_("{variables}")_")),
              "a map of string cannot be shown in a text"));
  CHECK(holds(problem(RuleText().with("matches", "{}")), "an array of examples is wanted here"));
  CHECK(holds(problems_of(R"_({"rules": [], "rules": [], "more": 1})_"), "unknown member 'more'"));
}

TEST_CASE("problems of lets with parameters are found") {
  const auto problem = [](std::string_view lets, std::string_view when) {
    return problems_of(
        RuleText().with("let", std::string(lets)).with("when", "\"" + std::string(when) + "\"").file());
  };
  CHECK(holds(problem(R"_({"f(": "1"})_", "true"), "'f(' is not a name, nor one with parameters"));
  CHECK(holds(problem(R"_({"f()": "1"})_", "true"), "'f()' is not a name, nor one with parameters"));
  CHECK(holds(problem(R"_({"f(a, a)": "a"})_", "f(1, 2) == 1"), "'a' is the name of another value already"));
  CHECK(holds(problem(R"_({"f(f)": "1"})_", "f(1) == 1"), "'f' is the name of another value already"));
  CHECK(holds(problem(R"_({"f(driver)": "1"})_", "f(1) == 1"), "'driver' is the name of a fact"));
  CHECK(holds(problem(R"_({"size(a)": "a"})_", "size(1) == 1"), "'size' is a function of the language"));
  CHECK(holds(problem(R"_({"f(a)": "a +"})_", "f(1) == 1"), "the expression ends too early"));
  CHECK(holds(problem(R"_({"f(a)": "a + 1"})_", "f('x') == 1"), "in f(): + cannot join a string and an int"));
  CHECK(holds(problem(R"_({"f(a)": "a"})_", "f(1, 2) == 1"), "f() wants so many arguments: 1"));
  CHECK(holds(problem(R"_({"f(a)": "a"})_", "f == 1"), "the let 'f' is called: f(...)"));
  CHECK(holds(problem(R"_({"f(a)": "f(a)"})_", "f(1) == 1"), "in f(): there is no function 'f'"));
  CHECK(holds(problem(R"_({"f(a)": "g(a)", "g(a)": "a"})_", "f(1) == g(1)"),
              "in f(): there is no function 'g'"));
  CHECK(holds(problem(R"_({"f(a)": "a"})_", "true"), "the let 'f' is not used"));
  CHECK(holds(problem(R"_({"f(a)": "b"})_", "[1].exists(b, f(b) == 1)"), "in f(): there is no fact 'b'"));
  CHECK(holds(problem(R"_({"f(t)": "1"})_", "f(table) == 1"), "a table is named after"));
  CHECK(holds(problem(R"_({"a": "1"})_", "a() == 1"), "there is no function 'a'"));

  std::string many;
  for (int let = 0; let < 17; ++let) many += ", \"l" + std::to_string(let) + "\": \"1\"";
  CHECK(holds(problem("{" + many.substr(2) + "}", "true"), "more than 16 lets"));

  // Each calls the one before it three times; nothing of it becomes code.
  std::string deep = R"_({"f0(a, b)": "a")_";
  for (int let = 1; let < 16; ++let) {
    const std::string before = "f" + std::to_string(let - 1);
    const std::string twice = before + "(a, b), " + before + "(b, a)";
    deep += ", \"f" + std::to_string(let) + "(a, b)\": \"" + before + "(" + twice + ")\"";
  }
  CHECK(holds(problem(deep + "}", "f15(1, 2) == 1"), "the rule becomes too long"));
}

TEST_CASE("all problems are reported, of all rules and files") {
  const auto bad =
      RuleText().with("severity", R"_("x")_").with("cause", R"_("x")_").with("when", R"_("a.b || c.d")_");
  const auto problems = problems_of("{\"rules\": [" + bad.object() + ", 7, " + RuleText().object() + "]}");
  CHECK(holds(problems, "a severity is"));
  CHECK(holds(problems, "unknown cause"));
  CHECK(holds(problems, "'a.b'"));
  CHECK(holds(problems, "'c.d'"));
  CHECK(holds(problems, "a rule is an object"));
  CHECK(holds(problems, "there is another rule with this id"));
  const auto loaded =
      rules::load_rules({{"a.json", "["}, {"b.json", "{"}, {"c.json", RuleText().file()}}, some_causes(), {});
  CHECK(loaded.problems.size() == 2);
  CHECK(loaded.set.rules.size() == 1);
}

TEST_CASE("hostile files give problems, never an exception") {
  const std::string good = RuleText().file();
  SECTION("every truncation") {
    for (std::size_t size = 0; size < good.size(); ++size) {
      const auto loaded = load_text(good.substr(0, size));
      CHECK(!loaded.problems.empty());
    }
  }
  SECTION("every byte changed") {
    for (std::size_t place = 0; place < good.size(); ++place) {
      for (const char byte : {'\0', '"', '{', ']', '\xff', '\\'}) {
        std::string changed = good;
        changed[place] = byte;
        CHECK_NOTHROW(load_text(changed));
      }
    }
  }
  SECTION("deep JSON") {
    CHECK(holds(problems_of("{\"rules\": " + std::string(100000, '[')), "nested deeper than 64 levels"));
    CHECK(holds(problems_of("{\"x\": " + std::string(100000, '[')), "nested deeper than 64 levels"));
  }
  SECTION("deep and long expressions") {
    const auto with = [](const std::string& when) {
      return problems_of(RuleText().with("when", "\"" + when + "\"").file());
    };
    CHECK(holds(with(std::string(4000, '(') + "true" + std::string(4000, ')')), "nested too deeply"));
    CHECK(holds(with(std::string(4000, '!') + "true"), "nested too deeply"));
    CHECK(holds(with(std::string(4000, '[')), "nested too deeply"));
    CHECK(holds(with(std::string(9000, ' ') + "true"), "longer than 8192 bytes"));
    std::string sum = "true";
    for (int count = 0; count < 500; ++count) sum += " && true";
    CHECK(holds(with(sum), "nested too deeply"));
    std::string choice = "true";
    for (int count = 0; count < 500; ++count) choice += " ? true : true";
    CHECK(holds(with(choice), "nested too deeply"));
  }
  SECTION("not UTF-8 and NUL") {
    CHECK(holds(problems_of("{\"rules\": \"\xff\"}"), "r.json:1:12: not valid UTF-8"));
    CHECK(holds(problems_of(std::string("{\"rules\"\0: []}", 14)), "r.json:1:9: not valid UTF-8"));
    CHECK(holds(problems_of(RuleText().with("why", R"_("\u0000")_").file()), "a NUL in a string"));
    CHECK(holds(problems_of(RuleText().with("why", R"_("\ud800")_").file()), "half of a surrogate pair"));
  }
  SECTION("very many problems") {
    std::string many = "{\"rules\": [0";
    for (int count = 0; count < 5000; ++count) many += ",0";
    CHECK(load_text(many + "]}").problems.size() == 200);
  }
}

TEST_CASE("causes") {
  const auto causes = rules::parse_causes(R"_({"a": "A cause.", "b": "Another."})_");
  REQUIRE(causes);
  CHECK(causes->at("a") == "A cause.");
  CHECK(rules::parse_causes(R"_({"a": "x", "a": "y"})_").error().message ==
        "line 1, column 12: the cause 'a' stands here twice");
  CHECK(!rules::parse_causes(R"_({"a": 1})_"));
  CHECK(!rules::parse_causes("{"));
  CHECK(!rules::parse_causes("{} x"));
  CHECK(!rules::parse_causes("\xff"));
}
