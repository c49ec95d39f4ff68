#include "python/file_pattern.hpp"

namespace preflight::python {

namespace {

// What one character of a name is compared with.
struct Step {
  std::string_view allowed;  // without the brackets
  std::size_t length = 1;    // in the pattern
  bool is_set = false;
};

Step next_step(std::string_view pattern) {
  if (pattern.front() == '[') {
    // A "]" directly behind the "[" belongs to the set.
    const auto end = pattern.find(']', 2);
    if (end != std::string_view::npos) return {pattern.substr(1, end - 1), end + 1, true};
  }
  return {pattern.substr(0, 1), 1, false};
}

bool allows(const Step& step, char c) {
  if (!step.is_set) return step.allowed.front() == c;
  const auto set = step.allowed;
  for (std::size_t at = 0; at < set.size(); ++at) {
    if (at + 2 < set.size() && set[at + 1] == '-') {
      if (set[at] <= c && c <= set[at + 2]) return true;
      at += 2;
    } else if (set[at] == c) {
      return true;
    }
  }
  return false;
}

}  // namespace

// After a mismatch only the last `*` needs to take one character more: no pattern is slow.
bool matches_file_pattern(std::string_view pattern, std::string_view name) {
  std::size_t at = 0;
  std::size_t in_name = 0;
  std::size_t after_star = std::string_view::npos;
  std::size_t star_until = 0;
  while (in_name < name.size()) {
    if (at < pattern.size() && pattern[at] == '*') {
      after_star = ++at;
      star_until = in_name;
      continue;
    }
    if (at < pattern.size()) {
      const auto step = next_step(pattern.substr(at));
      if (allows(step, name[in_name])) {
        at += step.length;
        ++in_name;
        continue;
      }
    }
    if (after_star == std::string_view::npos) return false;
    at = after_star;
    in_name = ++star_until;
  }
  return pattern.find_first_not_of('*', at) == std::string_view::npos;
}

}  // namespace preflight::python
