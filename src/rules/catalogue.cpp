#include "rules/catalogue.hpp"

#include <nlohmann/json.hpp>

#include "support/json_reader.hpp"

namespace preflight::rules {

namespace {

void append_table(const RuleSet& set, std::string& text) {
  text += "| rule | severity | judged for | cause |\n|---|---|---|---|\n";
  for (const auto& rule : set.rules) {
    const auto& kind = facts::subject_kinds()[rule.kind];
    const std::string id(rule.id);
    text += "| [" + id + "](#" + id + ") | " + std::string(to_text(rule.severity)) + " | " +
            (rule.kind == 0 ? "the host" : "each " + std::string(kind.name)) + " | ";
    text.append(rule.cause).append(" |\n");
  }
}

void append_examples(const RuleSet& set, const Rule& rule, std::string_view outcome, std::size_t offset,
                     std::string& text) {
  if (offset == std::string::npos) return;
  const std::string_view file = set.files[rule.file].text;
  DecodedStrings decoded;
  JsonReader reader(file, decoded, offset);
  reader.array([&] {
    const std::size_t begin = reader.offset();
    if (!reader.skip()) return;
    const auto example =
        nlohmann::ordered_json::parse(file.substr(begin, reader.offset() - begin), nullptr, false);
    text.append("- ").append(outcome).append(": `").append(example.dump()).append("`\n");
  });
}

}  // namespace

std::string rule_markdown(const RuleSet& set, const Rule& rule) {
  std::string text;
  const auto& kind = facts::subject_kinds()[rule.kind];
  text.append("## ").append(rule.id).append("\n\n");
  text.append("**").append(rule.title.text).append("**\n\n");
  text += "- Severity: " + std::string(to_text(rule.severity)) + "\n";
  text.append("- Cause: ").append(rule.cause).append("\n");
  if (rule.kind != 0) {
    text += "- Judged for each " + std::string(kind.name) + ", as `" + std::string(kind.binding) + "`\n";
  }
  text.append("\n").append(rule.why.text).append("\n\n```cel\n");
  for (const auto& let : rule.lets) {
    text.append("let ").append(let.name).append(" = ").append(let.text).append("\n");
  }
  text.append(rule.when_text).append("\n```\n\nWhat to do:\n\n");
  for (std::size_t step = 0; step < rule.fix.size(); ++step) {
    text += std::to_string(step + 1) + ". ";
    text.append(rule.fix[step].text).append("\n");
  }
  text += "\nSources:\n\n";
  for (const auto& source : rule.sources) text.append("- <").append(source).append(">\n");
  if (!rule.source_note.empty()) text.append("\n").append(rule.source_note).append("\n");
  text += "\nExamples:\n\n";
  append_examples(set, rule, "matches", rule.examples.matches, text);
  append_examples(set, rule, "passes", rule.examples.passes, text);
  append_examples(set, rule, "undecided", rule.examples.undecided, text);
  return text;
}

std::string catalogue_markdown(const RuleSet& set) {
  std::string text =
      "# Rules\n\nGenerated from the rules that are in the program; what stands in braces is filled in by "
      "what was "
      "found. The language of the conditions is described in [rule-language.md](rule-language.md).\n\n";
  append_table(set, text);
  for (const auto& rule : set.rules) text += "\n" + rule_markdown(set, rule);
  return text;
}

}  // namespace preflight::rules
