// Rules in constant arrays: how they stand in the program, so that a run parses and checks nothing
// (docs/decisions/0009-database-load.md). The build writes them with `compiled_source`.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "rules/rule.hpp"

namespace preflight::rules {

enum class ConstantKind : std::uint8_t { boolean, integer, text, version, python_version, specifiers, list };

struct CompiledConstant {
  ConstantKind kind = ConstantKind::boolean;
  std::int64_t number = 0;     // a boolean or integer; of a list, how many constants behind it are its items
  std::string_view text = {};  // of the other kinds
};

struct CompiledTemplate {
  std::string_view text;
  std::span<const Template::Placeholder> placeholders;
};

struct CompiledRule {
  std::string_view id;
  std::string_view cause;
  Severity severity;
  std::size_t kind;
  std::span<const Let> lets;
  std::string_view when_text;
  NodeIndex when;
  CompiledTemplate title;
  CompiledTemplate why;
  std::span<const CompiledTemplate> fix;
  std::span<const std::string_view> sources;
  std::string_view source_note;
};

struct CompiledRules {
  std::span<const Node> nodes;
  std::span<const NodeIndex> children;
  std::span<const CompiledConstant> constants;  // items of lists included
  std::span<const std::string_view> names;
  std::span<const CompiledRule> rules;
};

// C++ that defines `const CompiledRules& FUNCTION()` in the namespace preflight::NAMESPACE, which `header`
// declares. What only authors need is left out: the examples, and the places in files.
std::string compiled_source(const RuleSet& set, std::string_view header, std::string_view name_space,
                            std::string_view function);

// The rules that were written; the arrays must outlive them. Throws std::logic_error when a constant isn't
// what it says.
RuleSet restore(const CompiledRules& compiled);

}  // namespace preflight::rules
