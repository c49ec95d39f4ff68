#include "rules/catalogue.hpp"

#include <algorithm>
#include <vector>

namespace preflight::rules {

namespace {

void append_table(const RuleSet& set, std::string& text) {
  text += "| rule | severity | judged for | cause |\n|---|---|---|---|\n";
  for (const auto& rule : set.rules) {
    const auto& kind = facts::subject_kinds()[rule.kind];
    text += "| [" + rule.id + "](#" + rule.id + ") | " + std::string(to_text(rule.severity)) + " | " +
            (rule.kind == 0 ? "the host" : "each " + std::string(kind.name)) + " | " + rule.cause + " |\n";
  }
}

}  // namespace

std::string rule_markdown(const Rule& rule) {
  std::string text;
  const auto& kind = facts::subject_kinds()[rule.kind];
  text += "## " + rule.id + "\n\n";
  text += "**" + rule.title.text + "**\n\n";
  text += "- Severity: " + std::string(to_text(rule.severity)) + "\n";
  text += "- Cause: " + rule.cause + "\n";
  if (rule.kind != 0) {
    text += "- Judged for each " + std::string(kind.name) + ", as `" + std::string(kind.binding) + "`\n";
  }
  text += "\n" + rule.why.text + "\n\n```cel\n";
  for (const auto& let : rule.lets) text += "let " + let.name + " = " + let.text + "\n";
  text += rule.when_text + "\n```\n\nWhat to do:\n\n";
  for (std::size_t step = 0; step < rule.fix.size(); ++step) {
    text += std::to_string(step + 1) + ". " + rule.fix[step].text + "\n";
  }
  text += "\nSources:\n\n";
  for (const auto& source : rule.sources) text += "- <" + source + ">\n";
  return text;
}

std::string catalogue_markdown(const RuleSet& set) {
  std::string text =
      "# Rules\n\nGenerated from the rules that are in the program; what stands in braces is filled in by "
      "what was "
      "found. The language of the conditions is described in [rule-language.md](rule-language.md).\n\n";
  append_table(set, text);
  for (const auto& rule : set.rules) text += "\n" + rule_markdown(rule);
  return text;
}

}  // namespace preflight::rules
