// Laying out text for a terminal.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace preflight::report {

enum class Colour { off, on };

struct Style {
  Colour colour = Colour::off;
  std::size_t width = 100;  // columns
};

enum class Ink { plain, bold, dim, red, yellow, green, blue };

// The text between the escape sequences of ECMA-48 for this ink; as it is when colours are off.
std::string paint(std::string_view text, Ink ink, const Style& style);

// The words of the text in lines of at most `width` columns, each line after `indent` spaces and ended by a
// newline. A longer word stands alone on its line. Control characters are dropped: what was read from a
// target must not steer the terminal.
std::string wrap(std::string_view text, std::size_t indent, std::size_t width);

// The text without control characters.
std::string printable(std::string_view text);

// 4.0 GiB
std::string bytes_text(std::int64_t bytes);

}  // namespace preflight::report
