#include "probe/path_pattern.hpp"

#include <vector>

namespace preflight::probe {

// Which prefixes of the path the pattern so far can match: no backtracking, so that no pattern is slow.
bool matches(std::string_view pattern, std::string_view path) {
  std::vector<bool> reached(path.size() + 1, false);
  reached[0] = true;
  while (!pattern.empty()) {
    std::vector<bool> next(path.size() + 1, false);
    if (pattern.starts_with('*')) {
      const bool across = pattern.starts_with("**");
      for (std::size_t at = 0; at <= path.size(); ++at) {
        next[at] = reached[at] || (at > 0 && next[at - 1] && (across || path[at - 1] != '/'));
      }
      pattern.remove_prefix(across ? 2 : 1);
    } else {
      for (std::size_t at = 0; at < path.size(); ++at) next[at + 1] = reached[at] && path[at] == pattern[0];
      pattern.remove_prefix(1);
    }
    reached = std::move(next);
  }
  return reached[path.size()];
}

}  // namespace preflight::probe
