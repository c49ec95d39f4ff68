// The lines of pasted text, freed from what terminals, mail and Markdown put around them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace preflight::collect_env {

// Trimmed. `whole` is false for a last line without an end: the text may have been cut within it.
struct Line {
  std::string text;
  bool whole = true;
};

// Removes control characters and ANSI escape sequences (ECMA-48), "> " quote marks, code fences in front of
// text, and white space at both ends. A line of nothing but a fence is kept; blank
// lines in a row become one.
std::vector<Line> clean_lines(std::string_view text);

}  // namespace preflight::collect_env
