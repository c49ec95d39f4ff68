#include "rules/compiled.hpp"

#include <stdexcept>

#include "python/specifier.hpp"

namespace preflight::rules {

namespace {

class ConstantReader {
 public:
  ConstantReader(std::span<const CompiledConstant> constants, Arena& arena)
      : constants_(constants), arena_(arena) {}

  bool at_end() const { return place_ == constants_.size(); }

  Value read() {
    const CompiledConstant& constant = constants_[place_++];
    switch (constant.kind) {
      case ConstantKind::boolean:
        return constant.number != 0;
      case ConstantKind::integer:
        return constant.number;
      case ConstantKind::text:
        return constant.text;
      case ConstantKind::version:
        return known(arena_.dotted(constant.text, nullptr, constant.text));
      case ConstantKind::python_version:
        return known(arena_.python(constant.text, nullptr, constant.text));
      case ConstantKind::specifiers:
        return specifiers(constant.text);
      case ConstantKind::list:
        return list(static_cast<std::size_t>(constant.number));
    }
    throw std::logic_error("a compiled constant of no kind");
  }

 private:
  static Value known(const Value& value) {
    if (const auto* unknown = std::get_if<Unknown>(&value)) {
      throw std::logic_error("a compiled constant: " + unknown->missing->front()->reason);
    }
    return value;
  }
  Value specifiers(std::string_view text) {
    auto set = python::parse_specifier_set(text);
    if (!set) throw std::logic_error("a compiled constant: " + set.error().message);
    return arena_.specifiers(std::move(*set));
  }
  Value list(std::size_t size) {
    std::vector<Value> items;
    items.reserve(size);
    while (items.size() < size) items.push_back(read());
    return arena_.list(std::move(items));
  }

  std::span<const CompiledConstant> constants_;
  std::size_t place_ = 0;
  Arena& arena_;
};

Template restore(const CompiledTemplate& compiled) {
  return {compiled.text, {compiled.placeholders.begin(), compiled.placeholders.end()}};
}

Rule restore(const CompiledRule& compiled) {
  Rule rule;
  rule.id = compiled.id;
  rule.cause = compiled.cause;
  rule.severity = compiled.severity;
  rule.kind = compiled.kind;
  rule.lets.assign(compiled.lets.begin(), compiled.lets.end());
  rule.when_text = compiled.when_text;
  rule.when = compiled.when;
  rule.title = restore(compiled.title);
  rule.why = restore(compiled.why);
  rule.fix.reserve(compiled.fix.size());
  for (const auto& step : compiled.fix) rule.fix.push_back(restore(step));
  rule.sources.assign(compiled.sources.begin(), compiled.sources.end());
  rule.source_note = compiled.source_note;
  return rule;
}

}  // namespace

RuleSet restore(const CompiledRules& compiled) {
  RuleSet set;
  set.code.nodes.assign(compiled.nodes.begin(), compiled.nodes.end());
  set.code.children.assign(compiled.children.begin(), compiled.children.end());
  set.code.names.assign(compiled.names.begin(), compiled.names.end());
  set.code.constants.reserve(compiled.constants.size());
  ConstantReader constants(compiled.constants, set.code.constant_data);
  while (!constants.at_end()) set.code.constants.push_back(constants.read());
  set.rules.reserve(compiled.rules.size());
  for (const auto& rule : compiled.rules) set.rules.push_back(restore(rule));
  return set;
}

}  // namespace preflight::rules
