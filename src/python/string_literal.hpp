// Python string literals, as markers hold them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace preflight::python {

// The value of a one-line literal whose quotes are taken off, with Python's escapes: "\n", "\x41", "\u00e9",
// "\101", ... Nothing when Python would reject it, and for two forms that it accepts: names ("\N{BULLET}")
// and surrogates ("\ud800"), which UTF-8 can't hold.
std::optional<std::string> decode_string_literal(std::string_view body);

}  // namespace preflight::python
