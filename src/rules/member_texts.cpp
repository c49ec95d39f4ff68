#include "rules/member_texts.hpp"

#include <functional>

#include "rules/parser.hpp"

namespace preflight::rules {

namespace {

using Visit = std::function<void(const SyntaxTree&, SyntaxIndex)>;

void visit_all(const SyntaxTree& tree, SyntaxIndex index, const Visit& visit) {
  visit(tree, index);
  for (SyntaxIndex child = tree[index].first; child != kNoSyntax; child = tree[child].next)
    visit_all(tree, child, visit);
}

void visit_expression(std::string_view text, const Visit& visit) {
  SyntaxTree tree;
  if (!parse_expression(text, tree)) visit_all(tree, tree.root, visit);
}

void visit_template(const Template& message, const Visit& visit) {
  for (const auto& place : message.placeholders) {
    visit_expression(message.text.substr(place.begin + 1, place.end - place.begin - 2), visit);
  }
}

bool is_member(const SyntaxTree& tree, SyntaxIndex index, std::string_view member) {
  return tree[index].kind == Syntax::select && tree[index].text == member;
}

void add_texts(const SyntaxTree& tree, SyntaxIndex index, std::size_t rule, std::vector<MemberText>& texts) {
  const SyntaxNode& node = tree[index];
  if (node.kind == Syntax::text) texts.push_back({rule, std::string(node.text)});
  if (node.kind != Syntax::list) return;
  for (SyntaxIndex item = node.first; item != kNoSyntax; item = tree[item].next)
    add_texts(tree, item, rule, texts);
}

}  // namespace

std::vector<MemberText> compared_texts(const RuleSet& set, std::string_view member) {
  std::vector<MemberText> texts;
  for (std::size_t rule = 0; rule < set.rules.size(); ++rule) {
    const auto visit = [&](const SyntaxTree& tree, SyntaxIndex index) {
      const SyntaxNode& node = tree[index];
      if (node.kind != Syntax::binary || (node.text != "==" && node.text != "!=" && node.text != "in"))
        return;
      if (is_member(tree, tree.first(index), member)) add_texts(tree, tree.second(index), rule, texts);
      if (is_member(tree, tree.second(index), member)) add_texts(tree, tree.first(index), rule, texts);
    };
    visit_expression(set.rules[rule].when_text, visit);
    for (const auto& let : set.rules[rule].lets) visit_expression(let.text, visit);
  }
  return texts;
}

std::vector<MemberText> looked_up_keys(const RuleSet& set, std::string_view member) {
  std::vector<MemberText> keys;
  for (std::size_t place = 0; place < set.rules.size(); ++place) {
    const Rule& rule = set.rules[place];
    const auto visit = [&](const SyntaxTree& tree, SyntaxIndex index) {
      const SyntaxNode& node = tree[index];
      const bool reads = node.kind == Syntax::index || node.kind == Syntax::select;
      if (!reads || !is_member(tree, tree.first(index), member)) return;
      if (node.kind == Syntax::select) keys.push_back({place, std::string(node.text)});
      if (node.kind == Syntax::index) add_texts(tree, tree.second(index), place, keys);
    };
    visit_expression(rule.when_text, visit);
    for (const auto& let : rule.lets) visit_expression(let.text, visit);
    visit_template(rule.title, visit);
    visit_template(rule.why, visit);
    for (const auto& step : rule.fix) visit_template(step, visit);
  }
  return keys;
}

}  // namespace preflight::rules
