// The smallest changes, found by what stands between each build and what is given.
#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <set>

#include "plan/cells.hpp"
#include "plan/combine.hpp"

namespace preflight::plan {

namespace {

// A build with the changes that it asks for, and how large they are.
struct Proposal {
  const Build* build;
  std::vector<ChangedThing> things;
  std::size_t size = 0;
};

bool is_further(const ChangedThing& changed, const Obstacle& obstacle) {
  const auto now = version_of(changed.to);
  const auto needed = version_of(obstacle.needs);
  return obstacle.bound == Bound::at_least ? needed > now : needed < now;
}

// Takes one more obstacle into the changes; false when no change lifts it and the others together.
bool take(const Obstacle& obstacle, std::vector<ChangedThing>& things) {
  if (obstacle.needs.empty()) return false;
  const auto same = std::ranges::find_if(things, [&](const ChangedThing& changed) {
    return changed.thing == obstacle.thing && (obstacle.thing != Thing::gpus || changed.to == obstacle.needs);
  });
  if (same == things.end() || obstacle.thing == Thing::gpus) {
    if (same == things.end()) things.push_back({obstacle.thing, obstacle.needs, obstacle.bound});
    return true;
  }
  if (same->bound != obstacle.bound) return false;
  if (is_further(*same, obstacle)) same->to = obstacle.needs;
  return true;
}

// How many releases lie between two, among all that the builds are of.
std::size_t steps(std::span<const Build> builds, std::string Build::*member, std::string_view from,
                  std::string_view to) {
  std::vector<DottedVersion> all;
  for (const auto& build : builds) all.push_back(version_of(build.*member));
  std::ranges::sort(all);
  all.erase(std::unique(all.begin(), all.end()), all.end());
  const auto place = [&](std::string_view text) {
    return std::ranges::lower_bound(all, version_of(text)) - all.begin();
  };
  return static_cast<std::size_t>(std::abs(place(from) - place(to)));
}

std::size_t size_of(const ChangedThing& changed, const Given& given, std::span<const Build> builds) {
  const auto now = given.text(changed.thing);
  const auto numbers = [&](std::size_t place) {
    const auto from = static_cast<std::int64_t>(version_of(now).at(place));
    return static_cast<std::size_t>(std::abs(from - std::int64_t{version_of(changed.to).at(place)}));
  };
  switch (changed.thing) {
    case Thing::torch:
      return steps(builds, &Build::torch, now, changed.to);
    case Thing::cuda:
      return steps(builds, &Build::cuda, now, changed.to);
    case Thing::python:
    case Thing::glibc:
      return numbers(1);
    case Thing::driver:
      return numbers(0);
    case Thing::gpus:
    case Thing::architecture:
      return 1;
  }
  return 1;
}

// Everything that a proposal must lift. A GPU that is to be left out doesn't count for the driver.
std::vector<Obstacle> obstacles_of(const Build& build, Given given, const tables::Tables& tables) {
  auto gpus = find_obstacles(build, given, tables);
  std::erase_if(gpus, [](const Obstacle& obstacle) { return obstacle.thing != Thing::gpus; });
  for (const auto& obstacle : gpus)
    std::erase_if(given.gpus, [&](const Gpu& gpu) { return gpu.name == obstacle.needs; });
  auto obstacles = find_obstacles(build, given, tables);
  std::ranges::move(gpus, std::back_inserter(obstacles));
  return obstacles;
}

// As the builds come: the newest first.
std::vector<Proposal> proposals(const Given& given, const Knowledge& knowledge) {
  std::vector<Proposal> found;
  for (const auto& build : knowledge.builds) {
    const auto obstacles = obstacles_of(build, given, knowledge.tables);
    Proposal proposal{&build, {}};
    const bool helps = std::ranges::all_of(
        obstacles, [&](const Obstacle& obstacle) { return take(obstacle, proposal.things); });
    if (!helps || proposal.things.empty()) continue;
    for (const auto& changed : proposal.things) proposal.size += size_of(changed, given, knowledge.builds);
    found.push_back(std::move(proposal));
  }
  return found;
}

// What a proposal changes: things, and each GPU by its name.
using ThingSet = std::set<std::pair<Thing, std::string>>;

ThingSet things_of(const Proposal& proposal) {
  ThingSet things;
  for (const auto& changed : proposal.things)
    things.emplace(changed.thing, changed.thing == Thing::gpus ? changed.to : "");
  return things;
}

// Nothing when all GPUs would have to go.
std::optional<Given> changed_given(Given given, const Proposal& proposal, const tables::Tables& tables) {
  for (const auto& changed : proposal.things) {
    if (changed.thing == Thing::gpus) {
      std::erase_if(given.gpus, [&](const Gpu& gpu) { return gpu.name == changed.to; });
      if (given.gpus.empty()) return std::nullopt;
      continue;
    }
    auto& fixed = given.fixed[changed.thing];
    fixed.text = changed.thing == Thing::driver ? whole_driver(changed.to, tables) : changed.to;
    if (changed.thing == Thing::driver) given.compat.clear();
  }
  return given;
}

std::optional<Change> change_of(const Given& given, const Proposal& proposal, const Knowledge& knowledge) {
  const auto changed = changed_given(given, proposal, knowledge.tables);
  if (!changed) return std::nullopt;
  auto combined = combine(*changed, knowledge);
  if (combined.combinations.empty()) return std::nullopt;
  return Change{proposal.things, std::move(combined.combinations.front())};
}

// The first that leads to a combination, of the proposals that change these things.
std::optional<Change> first_change(std::span<const Proposal> proposals, const ThingSet& things,
                                   const Given& given, const Knowledge& knowledge) {
  for (const auto& proposal : proposals) {
    if (things_of(proposal) != things) continue;
    if (auto change = change_of(given, proposal, knowledge)) return change;
  }
  return std::nullopt;
}

bool is_newer_torch(const Change& left, const Change& right) {
  return version_of(left.best.build.torch) > version_of(right.best.build.torch);
}

}  // namespace

std::vector<Change> smallest_changes(const Given& given, const Knowledge& knowledge) {
  const auto newest_first = proposals(given, knowledge);
  auto smallest_first = newest_first;
  std::ranges::stable_sort(smallest_first, {}, &Proposal::size);
  // By their number, then by the ease of the things.
  std::set<std::pair<std::size_t, ThingSet>> sets;
  for (const auto& proposal : newest_first) {
    auto things = things_of(proposal);
    sets.emplace(things.size(), std::move(things));
  }
  std::vector<Change> changes;
  std::size_t fewest = static_cast<std::size_t>(-1);
  for (const auto& [number, things] : sets) {
    if (number > fewest) break;
    auto smallest = first_change(smallest_first, things, given, knowledge);
    if (!smallest) continue;
    fewest = number;
    auto newest = first_change(newest_first, things, given, knowledge);
    const bool adds_newer = newest && is_newer_torch(*newest, *smallest);
    changes.push_back(std::move(*smallest));
    if (adds_newer) changes.push_back(std::move(*newest));
  }
  return changes;
}

}  // namespace preflight::plan
