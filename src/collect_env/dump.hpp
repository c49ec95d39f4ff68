// What one dump says, before it becomes facts.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "collect_env/fields.hpp"
#include "collect_env/lines.hpp"

namespace preflight::collect_env {

// A labelled value and the line that it stands on.
struct Entry {
  std::string text;
  bool whole = true;  // not cut by the end of the text
  std::size_t line = 0;
};

// The lines of one dump in the text around it.
struct Dump {
  std::vector<Line> lines;         // from the first line of the dump to the last of the text that may be its
  bool text_follows = false;       // another dump follows after `lines`
  std::map<Field, Entry> entries;  // the first of each

  // A value that is there, all of it, and no placeholder.
  std::optional<std::string> value(Field field) const;

  // Whether the dump prints exactly this placeholder.
  bool says(Field field, std::string_view placeholder) const;
};

// The dump in the text; the one with the most entries where there are several, and the first of equals. Empty
// when the text has none.
std::optional<Dump> find_dump(std::vector<Line> lines);

}  // namespace preflight::collect_env
