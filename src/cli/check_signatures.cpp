#include "cli/check_signatures.hpp"

#include <set>
#include <string>

#include "rules/member_texts.hpp"

namespace preflight::cli {

namespace {

void add_unknown(const rules::RuleSet& rules, const std::vector<rules::MemberText>& named,
                 const std::set<std::string, std::less<>>& known, const std::string& what,
                 std::vector<Problem>& problems) {
  for (const auto& name : named) {
    if (known.contains(name.text)) continue;
    const auto& rule = rules.rules[name.rule];
    const auto& file = rules.files[rule.file];
    problems.push_back({file.name, position_of(file.text, rule.offset), std::string(rule.id),
                        "there is no " + what + " '" + name.text + "'"});
  }
}

}  // namespace

std::vector<Problem> unknown_signatures(const rules::RuleSet& rules,
                                        const std::vector<const log::SignatureSet*>& signatures) {
  std::set<std::string, std::less<>> ids;
  std::set<std::string, std::less<>> captures;
  for (const auto* set : signatures) {
    for (const auto& signature : set->signatures) {
      ids.emplace(signature.id);
      captures.insert(signature.names.begin(), signature.names.end());
    }
  }
  std::vector<Problem> problems;
  add_unknown(rules, rules::compared_texts(rules, "signature"), ids, "signature", problems);
  add_unknown(rules, rules::looked_up_keys(rules, "captures"), captures, "capture", problems);
  return problems;
}

std::vector<Problem> unused_signatures(const rules::RuleSet& rules, const log::SignatureSet& signatures) {
  std::set<std::string, std::less<>> used;
  for (auto& name : rules::compared_texts(rules, "signature")) used.insert(std::move(name.text));
  std::vector<Problem> problems;
  for (const auto& signature : signatures.signatures) {
    if (used.contains(signature.id)) continue;
    const auto& file = signatures.files[signature.file];
    problems.push_back({file.name, position_of(file.text, signature.offset), std::string(signature.id),
                        "no rule names this signature"});
  }
  return problems;
}

}  // namespace preflight::cli
