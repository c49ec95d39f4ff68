// The functions of the language: name, types and implementation of each in one table. A new one is a line
// there.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rules/value.hpp"

namespace preflight::rules {

enum class Form : std::uint8_t {
  global,  // size(x)
  member,  // x.size(): the receiver is the first parameter
  either,
};

struct Function {
  std::string_view name;
  Form form;
  std::vector<Type> parameters;
  Type result;
  // Arguments are known and of the types of the parameters. Texts that the result points to live in the
  // arguments or in the arena.
  Value (*run)(Arena& arena, std::span<const Value> arguments);
  std::string_view meaning;
};

// No function takes more (tests/rules holds them to it): calls happen for every item of a list.
constexpr std::size_t kMostParameters = 2;

// Several may share a name and differ in their parameters. Where a parameter is a specifier and a string is
// given, `specifier` is put in.
const std::vector<Function>& functions();

}  // namespace preflight::rules
