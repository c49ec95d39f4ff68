#include "plan/whys.hpp"

#include <algorithm>

#include "plan/obstacles.hpp"
#include "support/text.hpp"

namespace preflight::plan {

namespace {

struct Why {
  std::string text;
  std::vector<std::string> of;  // the oldest first
};

std::vector<Why> grouped(std::span<const Build* const> builds, const Given& given, Thing thing,
                         const tables::Tables& tables) {
  std::vector<Why> found;
  for (const auto* const build : builds) {
    for (const auto& obstacle : find_obstacles(*build, given, tables)) {
      if (obstacle.thing != thing) continue;
      auto same = std::ranges::find(found, obstacle.why, &Why::text);
      if (same == found.end()) same = found.insert(same, Why{obstacle.why, {}});
      const bool is_new = same->of.empty() || same->of.front() != obstacle.of;
      if (!obstacle.of.empty() && is_new) same->of.insert(same->of.begin(), obstacle.of);
    }
  }
  return found;
}

// All names that an obstacle may end with, the oldest first: of releases, or of builds.
std::vector<std::string> names_of(std::span<const Build* const> builds, bool are_builds) {
  std::vector<std::string> names;
  for (const auto* const build : builds) {
    const auto& name = are_builds ? build->name : build->torch;
    if (names.empty() || names.back() != name) names.push_back(name);
  }
  std::ranges::reverse(names);
  return names;
}

// "2.7.0+cu128, 2.9.0+cu128 to 2.11.0+cu128": some of all names, where no other lies between the ends of a
// range.
std::string listed(const std::vector<std::string>& some, const std::vector<std::string>& all) {
  constexpr std::size_t kMost = 4;
  std::vector<std::string> pieces;
  std::vector<std::size_t> ends;  // how many names there are up to each piece
  for (std::size_t begin = 0; begin < some.size();) {
    const auto [stop, unused] = std::mismatch(some.begin() + static_cast<std::ptrdiff_t>(begin), some.end(),
                                              std::ranges::find(all, some[begin]), all.end());
    const auto end = static_cast<std::size_t>(stop - some.begin());
    if (end - begin > 2) {
      pieces.push_back(some[begin] + " to " + some[end - 1]);
      begin = end;
    } else {
      pieces.push_back(some[begin++]);
    }
    ends.push_back(begin);
  }
  if (pieces.size() <= kMost) return join(pieces, ", ");
  // The newest are told.
  const std::size_t untold = pieces.size() - (kMost - 1);
  pieces.erase(pieces.begin(), pieces.begin() + static_cast<std::ptrdiff_t>(untold));
  return join(pieces, ", ") + " and " + std::to_string(ends[untold - 1]) + " older ones";
}

bool is_build(const std::string& name) {
  return name.find('+') != std::string::npos;
}

}  // namespace

std::vector<std::string> whys(std::span<const Build* const> builds, const Given& given, Thing thing,
                              const tables::Tables& tables) {
  std::vector<std::string> texts;
  for (const auto& why : grouped(builds, given, thing, tables)) {
    texts.push_back(why.text);
    if (!why.of.empty()) texts.back() += " " + listed(why.of, names_of(builds, is_build(why.of.front())));
  }
  return texts;
}

}  // namespace preflight::plan
