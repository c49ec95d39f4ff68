#include "rules/checker.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "rules/functions.hpp"

namespace preflight::rules {

namespace {

constexpr std::array<std::pair<std::string_view, Op>, 5> kMacros = {{{"all", Op::all},
                                                                     {"exists", Op::exists},
                                                                     {"exists_one", Op::exists_one},
                                                                     {"filter", Op::filter},
                                                                     {"map", Op::map}}};

std::optional<Op> macro_named(std::string_view name) {
  for (const auto& [macro, op] : kMacros) {
    if (macro == name) return op;
  }
  return std::nullopt;
}

constexpr std::array<std::pair<std::string_view, Op>, 6> kComparisons = {{{"==", Op::equal},
                                                                          {"!=", Op::not_equal},
                                                                          {"<", Op::less},
                                                                          {"<=", Op::less_equal},
                                                                          {">", Op::greater},
                                                                          {">=", Op::greater_equal}}};

bool is_ordered(const Type& type) {
  return type.lists == 0 && (type.base == Base::integer || type.base == Base::string ||
                             type.base == Base::version || type.base == Base::python_version);
}

bool has_equality(const Type& type) {
  return type.base <= Base::python_version || type.base == Base::any;
}

// A hint for the comparison that people write most often by mistake.
std::string conversion_hint(const Type& left, const Type& right) {
  for (const auto& [version, other] : {std::pair(left, right), std::pair(right, left)}) {
    if (version.is(Base::version) && other.is(Base::string)) return "; write version(\"12.1\") for a version";
    if (version.is(Base::python_version) && other.is(Base::string)) {
      return "; write python_version(\"2.2.0\") for a version";
    }
  }
  return {};
}

}  // namespace

void Checker::begin(const facts::SubjectKind* subject) {
  subject_ = subject;
  lets_.clear();
  visible_lets_ = 0;
  parts_ = 0;
  next_variable_ = 0;
}

void Checker::add_let(LetBinding let) {
  lets_.push_back(std::move(let));
  visible_lets_ = lets_.size();
}

Checked Checker::check(const SyntaxTree& tree, std::vector<Issue>& issues) {
  tree_ = &tree;
  issues_ = &issues;
  variables_.clear();
  Checked checked = visit(tree.root);
  if (checked.type.base == Base::table && checked.type.lists == 0) {
    return fail(tree[tree.root].offset, "a table is used with a key: table.NAME[key], or key in table.NAME");
  }
  return checked;
}

Checked Checker::fail(std::size_t offset, std::string message) {
  issues_->push_back({offset, std::move(message)});
  return {};
}

NodeIndex Checker::add(Op op, std::initializer_list<NodeIndex> children, std::uint32_t detail) {
  Node node;
  node.op = op;
  node.count = static_cast<std::uint16_t>(children.size());
  node.first = static_cast<std::uint32_t>(code_.children.size());
  node.detail = detail;
  code_.children.insert(code_.children.end(), children);
  code_.nodes.push_back(node);
  return static_cast<NodeIndex>(code_.nodes.size() - 1);
}

Checked Checker::constant(Value value, Type type) {
  code_.constants.push_back(value);
  return {add(Op::constant, {}, static_cast<std::uint32_t>(code_.constants.size() - 1)), type};
}

std::uint32_t Checker::name_place(std::string_view name) {
  const auto [entry, is_new] =
      name_places_.try_emplace(std::string(name), static_cast<std::uint32_t>(code_.names.size()));
  if (is_new) code_.names.emplace_back(name);
  return entry->second;
}

Checked Checker::visit(SyntaxIndex index) {
  const SyntaxNode& node = (*tree_)[index];
  if (++parts_ > kMostRuleParts) return fail(node.offset, "the rule becomes too long");
  switch (node.kind) {
    case Syntax::identifier:
    case Syntax::select:
      return path(index);
    case Syntax::integer:
      return constant(node.integer, kInt);
    case Syntax::boolean:
      return constant(node.integer != 0, kBool);
    case Syntax::text:
      return constant(code_.constant_data.text(std::string(node.text)), kText);
    case Syntax::list:
      return list(node);
    case Syntax::index:
      return this->index(node);
    case Syntax::unary:
      return unary(node);
    case Syntax::binary:
      return binary(node);
    case Syntax::conditional:
      return conditional(node);
    case Syntax::call:
      if (node.text == "has") return presence(node, Op::has);
      return node.text == "known" ? presence(node, Op::known) : call(node);
    case Syntax::member_call: {
      const auto op = macro_named(node.text);
      return op ? macro(node, *op) : call(node);
    }
  }
  return {};
}

Checked Checker::index(const SyntaxNode& node) {
  const Checked value = visit(node.first);
  const SyntaxIndex key_index = (*tree_)[node.first].next;
  const Checked key = visit(key_index);
  const SyntaxNode& key_node = (*tree_)[key_index];
  if (value.type.is_invalid() || key.type.is_invalid()) return {};
  if (value.type.is_list()) {
    if (!key.type.is(Base::integer)) return fail(key_node.offset, "an item of a list is chosen by an int");
    return {add(Op::list_item, {value.node, key.node}), value.type.item()};
  }
  if (value.type.base == Base::map) {
    if (!key.type.is(Base::string)) return fail(key_node.offset, "an entry of a map is chosen by a string");
    return {add(Op::map_entry, {value.node, key.node}), {value.type.of}};
  }
  if (value.type.base == Base::table) {
    if (!is_table_key(key_node, key)) return {};
    return {add(Op::table_row, {key.node}, name_place(value.type.table().name)),
            {Base::row, 0, Base::string, value.type.detail}};
  }
  return fail(node.offset, to_text(value.type) + " has no items");
}

bool Checker::is_table_key(const SyntaxNode& node, const Checked& key) {
  if (key.type.is_invalid()) return false;
  if (is_ordered(key.type)) return true;
  fail(node.offset, "the key of a table is a string, an int or a version, not " + to_text(key.type));
  return false;
}

Checked Checker::list(const SyntaxNode& node) {
  std::vector<NodeIndex> items;
  Type type{Base::any};
  bool is_sound = true;
  for (SyntaxIndex item = node.first; item != kNoSyntax; item = (*tree_)[item].next) {
    const Checked checked = visit(item);
    if (checked.type.is_invalid()) {
      is_sound = false;  // told already; the others are still looked at
      continue;
    }
    if (items.empty() || fits(type, checked.type)) {
      type = checked.type;
    } else if (!fits(checked.type, type)) {
      return fail((*tree_)[item].offset,
                  "a list holds values of one type: " + to_text(type) + " and " + to_text(checked.type));
    }
    items.push_back(checked.node);
  }
  if (!is_sound) return {};
  if (type.base == Base::table) return fail(node.offset, "a list cannot hold tables");
  // A list of constants is made now, not at every evaluation.
  const auto is_fixed = [&](NodeIndex item) { return code_.nodes[item].op == Op::constant; };
  if (std::ranges::all_of(items, is_fixed)) {
    std::vector<Value> values;
    values.reserve(items.size());
    for (const NodeIndex item : items) values.push_back(code_.constants[code_.nodes[item].detail]);
    return constant(code_.constant_data.list(std::move(values)), type.list_of());
  }
  const NodeIndex made = add(Op::list, {});
  code_.nodes[made].count = static_cast<std::uint16_t>(items.size());
  code_.children.insert(code_.children.end(), items.begin(), items.end());
  return {made, type.list_of()};
}

Checked Checker::unary(const SyntaxNode& node) {
  const Checked operand = visit(node.first);
  if (operand.type.is_invalid()) return {};
  const bool is_negation = node.text == "!";
  const Type wanted = is_negation ? kBool : kInt;
  if (!fits(operand.type, wanted)) {
    return fail(node.offset,
                std::string(node.text) + " wants " + to_text(wanted) + ", not " + to_text(operand.type));
  }
  return {add(is_negation ? Op::negation : Op::minus, {operand.node}), wanted};
}

Checked Checker::binary(const SyntaxNode& node) {
  const Checked left = visit(node.first);
  const Checked right = visit((*tree_)[node.first].next);
  if (left.type.is_invalid() || right.type.is_invalid()) return {};
  if (node.text == "&&" || node.text == "||") return logic(node, left, right);
  if (node.text == "in") return membership(node, left, right);
  const bool is_arithmetic = std::string_view("+-*/%").find(node.text) != std::string_view::npos;
  return is_arithmetic ? arithmetic(node, left, right) : comparison(node, left, right);
}

Checked Checker::logic(const SyntaxNode& node, const Checked& left, const Checked& right) {
  for (const Checked& operand : {left, right}) {
    if (!operand.type.is(Base::boolean)) {
      return fail(node.offset, std::string(node.text) + " wants bools, not " + to_text(operand.type));
    }
  }
  return {add(node.text == "&&" ? Op::both : Op::either, {left.node, right.node}), kBool};
}

Checked Checker::comparison(const SyntaxNode& node, const Checked& left, const Checked& right) {
  const auto* found = std::ranges::find(kComparisons, node.text, &std::pair<std::string_view, Op>::first);
  if (!fits(left.type, right.type) && !fits(right.type, left.type)) {
    return fail(node.offset, to_text(left.type) + " cannot be compared with " + to_text(right.type) +
                                 conversion_hint(left.type, right.type));
  }
  const bool is_equality = found->second == Op::equal || found->second == Op::not_equal;
  if (is_equality ? !has_equality(left.type) : !is_ordered(left.type)) {
    return fail(node.offset, to_text(left.type) + " cannot be compared by " + std::string(node.text));
  }
  return {add(found->second, {left.node, right.node}), kBool};
}

Checked Checker::membership(const SyntaxNode& node, const Checked& left, const Checked& right) {
  if (right.type.is_list()) {
    if (!fits(left.type, right.type.item()) || !has_equality(left.type)) {
      return fail(node.offset, to_text(left.type) + " cannot be in " + to_text(right.type));
    }
    return {add(Op::in_list, {left.node, right.node}), kBool};
  }
  if (right.type.base == Base::map) {
    if (!left.type.is(Base::string)) return fail(node.offset, "the keys of a map are strings");
    return {add(Op::in_map, {left.node, right.node}), kBool};
  }
  if (right.type.base == Base::table) {
    if (!is_table_key((*tree_)[node.first], left)) return {};
    return {add(Op::in_table, {left.node}, name_place(right.type.table().name)), kBool};
  }
  return fail(node.offset, "'in' wants a list, a map or a table, not " + to_text(right.type));
}

Checked Checker::arithmetic(const SyntaxNode& node, const Checked& left, const Checked& right) {
  static constexpr std::string_view kSymbols = "+-*/%";
  const auto place = kSymbols.find(node.text);
  const Op op = static_cast<Op>(static_cast<std::size_t>(Op::add) + place);
  const bool is_sum = op == Op::add && (left.type.is(Base::string) || left.type.is_list());
  const bool is_fitting = is_sum ? fits(left.type, right.type) || fits(right.type, left.type)
                                 : left.type.is(Base::integer) && right.type.is(Base::integer);
  if (!is_fitting) {
    return fail(node.offset, std::string(node.text) + " cannot join " + to_text(left.type) + " and " +
                                 to_text(right.type));
  }
  const Type type = fits(left.type, right.type) ? right.type : left.type;
  return {add(op, {left.node, right.node}), type};
}

Checked Checker::conditional(const SyntaxNode& node) {
  const SyntaxIndex chosen_index = (*tree_)[node.first].next;
  const Checked condition = visit(node.first);
  const Checked chosen = visit(chosen_index);
  const Checked other = visit((*tree_)[chosen_index].next);
  if (condition.type.is_invalid() || chosen.type.is_invalid() || other.type.is_invalid()) return {};
  if (!condition.type.is(Base::boolean)) {
    return fail(node.offset, "the condition of ?: is a bool, not " + to_text(condition.type));
  }
  if (!fits(chosen.type, other.type) && !fits(other.type, chosen.type)) {
    return fail(node.offset, "both results of ?: have one type, not " + to_text(chosen.type) + " and " +
                                 to_text(other.type));
  }
  if (chosen.type.base == Base::table) return fail(node.offset, "?: cannot choose tables");
  return {add(Op::conditional, {condition.node, chosen.node, other.node}),
          fits(chosen.type, other.type) ? other.type : chosen.type};
}

Checked Checker::presence(const SyntaxNode& node, Op op) {
  const std::string name(node.text);
  const SyntaxIndex argument = node.first;
  if (argument == kNoSyntax || (*tree_)[argument].next != kNoSyntax) {
    return fail(node.offset, name + "() wants one argument");
  }
  const Syntax kind = (*tree_)[argument].kind;
  const bool is_let = let_called((*tree_)[argument]) < visible_lets_;
  if (kind != Syntax::select && kind != Syntax::index && kind != Syntax::identifier && !is_let) {
    return fail((*tree_)[argument].offset, name + "() wants a fact, an entry or a field");
  }
  const Checked value = visit(argument);
  if (value.type.is_invalid()) return {};
  if (value.type.base == Base::table) return fail(node.offset, name + "() wants a fact, an entry or a field");
  return {add(op, {value.node}), kBool};
}

Checked Checker::macro(const SyntaxNode& node, Op op) {
  const SyntaxIndex variable = (*tree_)[node.first].next;
  const SyntaxIndex body = variable == kNoSyntax ? kNoSyntax : (*tree_)[variable].next;
  if (body == kNoSyntax || (*tree_)[body].next != kNoSyntax ||
      (*tree_)[variable].kind != Syntax::identifier) {
    return fail(node.offset, std::string(node.text) + " wants a variable and an expression: x." +
                                 std::string(node.text) + "(v, ...)");
  }
  const Checked range = visit(node.first);
  if (range.type.is_invalid()) return {};
  const bool is_map = range.type.base == Base::map && range.type.lists == 0;
  if (!is_map && !range.type.is_list()) {
    return fail(node.offset, std::string(node.text) + " wants a list or a map, not " + to_text(range.type));
  }
  const SyntaxNode& name = (*tree_)[variable];
  const std::string conflict = name_conflict(name.text);
  if (!conflict.empty()) return fail(name.offset, conflict);
  const std::uint32_t place = next_variable_++;
  variables_.push_back({name.text, {add(Op::variable, {}, place), is_map ? kText : range.type.item()}});
  const Checked result = visit(body);
  variables_.pop_back();
  if (result.type.is_invalid()) return {};
  if (op != Op::map && !result.type.is(Base::boolean)) {
    return fail((*tree_)[body].offset, std::string(node.text) + " wants a bool, not " + to_text(result.type));
  }
  if (result.type.base == Base::table) return fail((*tree_)[body].offset, "a list cannot hold tables");
  Type type = kBool;
  if (op == Op::filter) type = is_map ? kText.list_of() : range.type;
  if (op == Op::map) type = result.type.list_of();
  return {add(op, {range.node, result.node}, place), type};
}

bool Checker::is_constant(const Checked& value) const {
  return value.node != kNoNode && code_.nodes[value.node].op == Op::constant;
}

}  // namespace preflight::rules
