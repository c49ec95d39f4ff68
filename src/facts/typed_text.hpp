// A value for people, as its declared type says.
#pragma once

#include <string>

#include "facts/registry.hpp"
#include "facts/value.hpp"

namespace preflight::facts {

// As to_text() of the value alone, but records by their fields in the declared order, without the empty ones:
// "package torchvision, version 0.18.0; package ...".
std::string to_text(const Value& value, const Type& type);

}  // namespace preflight::facts
