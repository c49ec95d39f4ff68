// Values of rules' examples and of tables, from JSON.
#pragma once

#include <optional>

#include "facts/value.hpp"
#include "support/json_reader.hpp"

namespace preflight::facts {

// Any value of JSON that a fact can hold; numbers are integers. Nothing after a problem, which the reader
// has.
std::optional<Value> read_value(JsonReader& reader);

}  // namespace preflight::facts
