#include "rules/examples.hpp"

#include <array>
#include <utility>

#include "rules/evaluator.hpp"
#include "rules/example_document.hpp"
#include "rules/findings.hpp"
#include "rules/inputs.hpp"

namespace preflight::rules {

namespace {

struct Expectation {
  std::string_view name;
  std::size_t ExamplesPlace::*offset;
  bool is_required;
};
constexpr std::array<Expectation, 3> kExpectations = {{{"matches", &ExamplesPlace::matches, true},
                                                       {"passes", &ExamplesPlace::passes, true},
                                                       {"undecided", &ExamplesPlace::undecided, false}}};

std::string_view outcome_of(const Value& value) {
  if (const auto* truth = std::get_if<bool>(&value)) return *truth ? "matches" : "passes";
  return is_unknown(value) ? "undecided" : "passes";
}

// Why an example came out as it did: what was missing, or what was read.
std::string reasons(const Value& result, const std::vector<Read>& reads, const SubjectFacts* subject) {
  if (const auto* unknown = std::get_if<Unknown>(&result)) {
    std::string text;
    for (const auto& missing : missing_facts(*unknown, subject)) {
      text += (text.empty() ? "" : "; ") + missing.path + ": " + missing.reason;
    }
    return text;
  }
  if (const auto* absent = std::get_if<AbsentValue>(&result)) {
    return fact_name(absent->subject, absent->path, subject) + " is absent and is read without has()";
  }
  if (const auto* failure = std::get_if<Failure>(&result)) return std::string(failure->message);
  std::string text;
  for (const auto& evidence : evidence_of(reads)) {
    text += (text.empty() ? "" : "; ") + evidence.path + " = " + evidence.value;
  }
  return text.empty() ? "no fact was read" : text;
}

class Runner {
 public:
  Runner(const RuleSet& set, const tables::Tables& tables) : set_(set), tables_(tables) {}

  ExamplesResult run() {
    for (const auto& rule : set_.rules) {
      for (const auto& expectation : kExpectations) run(rule, expectation);
    }
    return std::move(result_);
  }

 private:
  void report(const Rule& rule, std::size_t offset, std::string message) {
    const RuleFile& file = set_.files[rule.file];
    result_.problems.push_back(
        {file.name, position_of(file.text, offset), std::string(rule.id), std::move(message)});
  }

  void run(const Rule& rule, const Expectation& expectation) {
    const std::size_t offset = rule.examples.*expectation.offset;
    std::size_t count = 0;
    if (offset != std::string::npos) {
      JsonReader reader(set_.files[rule.file].text, decoded_, offset);
      reader.array([&] {
        ++count;
        run_one(rule, expectation, reader);
      });
      if (reader.problem()) return report(rule, reader.problem()->offset, reader.problem()->message);
    }
    if (count == 0 && expectation.is_required) {
      report(rule, rule.offset, "there is no example in '" + std::string(expectation.name) + "'");
    }
  }

  void run_one(const Rule& rule, const Expectation& expectation, JsonReader& reader) {
    const std::size_t offset = reader.offset();
    facts::Document document;
    std::vector<Issue> issues;
    if (!read_example(reader, rule, document, issues)) return;
    for (auto& issue : issues) report(rule, issue.offset, std::move(issue.message));
    if (!issues.empty()) return;
    ++result_.run;
    Inputs inputs(document, tables_);
    Evaluator evaluator(set_.code, inputs);
    const SubjectFacts* subject = &inputs.host();
    if (rule.kind != 0) {
      const Value& list = inputs.subjects(rule.kind);
      subject = std::get<const SubjectFacts*>(std::get<const ValueList*>(list)->items.front());
    }
    evaluator.begin(subject);
    const Value result = evaluator.evaluate(rule.when);
    const std::string_view outcome = outcome_of(result);
    if (outcome == expectation.name) return;
    report(rule, offset,
           "the example of '" + std::string(expectation.name) + "' came out as '" + std::string(outcome) +
               "': " + reasons(result, evaluator.reads(), subject));
  }

  const RuleSet& set_;
  const tables::Tables& tables_;
  DecodedStrings decoded_;
  ExamplesResult result_;
};

}  // namespace

ExamplesResult run_examples(const RuleSet& set, const tables::Tables& tables) {
  return Runner(set, tables).run();
}

}  // namespace preflight::rules
