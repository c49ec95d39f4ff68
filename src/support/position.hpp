// Places in a text, and what is wrong there.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace preflight {

// Where a byte of a text is: lines and columns count from 1, columns in bytes.
struct Position {
  std::size_t line = 1;
  std::size_t column = 1;
};
Position position_of(std::string_view text, std::size_t offset);

// Something wrong in a text, at a byte offset of it.
struct Issue {
  std::size_t offset = 0;
  std::string message;
};

// "line 3, column 14: nested too deeply"
std::string to_text(const Issue& issue, std::string_view text);

}  // namespace preflight
