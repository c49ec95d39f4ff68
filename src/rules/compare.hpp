// Equality and order of values of one type.
#pragma once

#include <compare>

#include "rules/value.hpp"

namespace preflight::rules {

// Both are known and of the same scalar type; `unordered` is never returned for those.
std::partial_ordering order(const Value& left, const Value& right);

enum class Equality { equal, different, undecided };

// Both are known and of the same type. Undecided: items of lists are not known, and the others are equal.
Equality equality(const Value& left, const Value& right);

}  // namespace preflight::rules
