// Calls: which function of a name fits the arguments, and what is computed at once.
#include <algorithm>
#include <utility>

#include "rules/checker.hpp"
#include "rules/functions.hpp"
#include "rules/names.hpp"

namespace preflight::rules {

namespace {

bool has_form(const Function& function, Syntax syntax) {
  return function.form == Form::either || (function.form == Form::member) == (syntax == Syntax::member_call);
}

bool is_conversion(const Type& given, const Type& wanted) {
  return given.is(Base::string) && wanted.is(Base::specifier);
}

bool takes(const Function& function, const std::vector<Argument>& arguments) {
  if (function.parameters.size() != arguments.size()) return false;
  for (std::size_t place = 0; place < arguments.size(); ++place) {
    const Type& given = arguments[place].value.type;
    const Type& wanted = function.parameters[place];
    if (!fits(given, wanted) && !is_conversion(given, wanted)) return false;
  }
  return true;
}

std::size_t specifier_function() {
  const auto found = std::ranges::find(functions(), std::string_view("specifier"), &Function::name);
  return static_cast<std::size_t>(found - functions().begin());
}

std::string no_such_function(const SyntaxNode& node) {
  std::vector<std::string_view> known = {"has", "known", "all", "exists", "exists_one", "filter", "map"};
  for (const auto& function : functions()) {
    if (function.name == node.text) {
      return std::string(node.text) + (function.form == Form::member ? " is written x." : " is written ") +
             std::string(node.text) + "(...)";
    }
    if (std::ranges::find(known, function.name) == known.end()) known.push_back(function.name);
  }
  return "there is no function '" + std::string(node.text) + "'" + nearest(node.text, known);
}

}  // namespace

Checked Checker::call(const SyntaxNode& node) {
  const std::size_t let = let_called(node);
  if (let < visible_lets_) return call_let(let, node);
  std::vector<Argument> arguments;
  bool is_invalid = false;
  for (SyntaxIndex child = node.first; child != kNoSyntax; child = (*tree_)[child].next) {
    arguments.push_back({visit(child), (*tree_)[child].offset});
    is_invalid = is_invalid || arguments.back().value.type.is_invalid();
  }
  bool is_named = false;
  const auto& all = functions();
  for (std::size_t place = 0; place < all.size(); ++place) {
    if (all[place].name != node.text || !has_form(all[place], node.kind)) continue;
    is_named = true;
    if (!is_invalid && takes(all[place], arguments)) return apply(place, arguments);
  }
  if (!is_named) return fail(node.offset, no_such_function(node));
  if (is_invalid) return {};
  std::string given;
  for (const auto& argument : arguments) given += (given.empty() ? "" : ", ") + to_text(argument.value.type);
  return fail(node.offset,
              std::string(node.text) + " cannot take " + (given.empty() ? "no arguments" : given));
}

// The place of the let with parameters that is called; `visible_lets_` when it is none.
std::size_t Checker::let_called(const SyntaxNode& node) const {
  std::size_t place = 0;
  while (place < visible_lets_ &&
         !(node.kind == Syntax::call && lets_[place].name == node.text && !lets_[place].parameters.empty())) {
    ++place;
  }
  return place;
}

// The body sees the lets before it and its parameters, nothing of the place where it is called.
Checked Checker::call_let(std::size_t place, const SyntaxNode& node) {
  LetBinding& let = lets_[place];
  let.is_used = true;
  std::vector<Binding> given;
  for (SyntaxIndex child = node.first; child != kNoSyntax; child = (*tree_)[child].next) {
    const Checked argument = visit(child);
    if (argument.type.is_invalid()) return {};
    if (argument.type.base == Base::table) return fail((*tree_)[child].offset, "a let is not given tables");
    const bool is_named = given.size() < let.parameters.size();
    given.push_back({is_named ? let.parameters[given.size()] : std::string_view(), argument});
  }
  const std::string name(let.name);
  if (given.size() != let.parameters.size()) {
    return fail(node.offset, name + "() wants so many arguments: " + std::to_string(let.parameters.size()));
  }
  if (let.body.root == kNoSyntax) return {};
  std::vector<Issue> issues;
  const auto* const tree = std::exchange(tree_, &let.body);
  auto* const outer_issues = std::exchange(issues_, &issues);
  const auto outer_visible = std::exchange(visible_lets_, place);
  variables_.swap(given);
  const Checked result = visit(let.body.root);
  variables_.swap(given);
  visible_lets_ = outer_visible;
  issues_ = outer_issues;
  tree_ = tree;
  if (!issues.empty()) return fail(node.offset, "in " + name + "(): " + issues.front().message);
  return result;
}

Checked Checker::apply(std::size_t function, std::vector<Argument>& arguments) {
  const Function& chosen = functions()[function];
  for (std::size_t place = 0; place < arguments.size(); ++place) {
    Argument& argument = arguments[place];
    if (!is_conversion(argument.value.type, chosen.parameters[place])) continue;
    std::vector<Argument> text = {argument};
    argument.value = apply(specifier_function(), text);
    if (argument.value.type.is_invalid()) return {};
  }
  const auto is_folded = [&](const Argument& argument) { return is_constant(argument.value); };
  if (std::ranges::all_of(arguments, is_folded)) return fold(function, arguments);
  const NodeIndex made = add(Op::call, {}, static_cast<std::uint32_t>(function));
  code_.nodes[made].count = static_cast<std::uint16_t>(arguments.size());
  for (const auto& argument : arguments) code_.children.push_back(argument.value.node);
  return {made, chosen.result};
}

// Of constants, the result is computed now; so a wrong version in a rule is found when the rule is loaded.
Checked Checker::fold(std::size_t function, const std::vector<Argument>& arguments) {
  std::vector<Value> values;
  values.reserve(arguments.size());
  for (const auto& argument : arguments) {
    values.push_back(code_.constants[code_.nodes[argument.value.node].detail]);
  }
  const Function& chosen = functions()[function];
  const Value result = chosen.run(code_.constant_data, values);
  if (const auto* unknown = std::get_if<Unknown>(&result)) {
    return fail(arguments.front().offset, unknown->missing->front()->reason);
  }
  if (const auto* failure = std::get_if<Failure>(&result)) {
    return fail(arguments.front().offset, std::string(failure->message));
  }
  return constant(result, chosen.result);
}

}  // namespace preflight::rules
