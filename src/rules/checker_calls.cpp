// Calls: which function of a name fits the arguments, and what is computed at once.
#include <algorithm>

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
