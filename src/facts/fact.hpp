// A fact: a value, absent (looked for and not there) or unknown (and why), with where that was read.
#pragma once

#include <string>
#include <utility>
#include <variant>

#include "facts/value.hpp"

namespace preflight::facts {

struct Absent {
  friend bool operator==(const Absent&, const Absent&) = default;
};

// Why a fact is unknown. Only `unreadable` can make a verdict undetermined.
enum class Gap {
  not_observable,  // this kind of target cannot show it: a directory has no running kernel
  unreadable,      // it was there to be read and couldn't be
};

struct Unknown {
  std::string reason;
  Gap gap = Gap::not_observable;
  friend bool operator==(const Unknown&, const Unknown&) = default;
};

struct Fact {
  std::variant<Value, Absent, Unknown> state;
  std::string source;  // path, API, ELF note, table; empty for what nobody looked at

  bool known() const { return std::holds_alternative<Value>(state); }
  bool absent() const { return std::holds_alternative<Absent>(state); }
  const Value* value() const { return std::get_if<Value>(&state); }
  const Unknown* unknown() const { return std::get_if<Unknown>(&state); }

  friend bool operator==(const Fact&, const Fact&) = default;
};

inline Fact known(Value value, std::string source) {
  return {std::move(value), std::move(source)};
}
inline Fact absent(std::string source) {
  return {Absent{}, std::move(source)};
}
inline Fact unknown(Unknown why, std::string source) {
  return {std::move(why), std::move(source)};
}

}  // namespace preflight::facts
