// Why, in sentences.
#include <algorithm>

#include "plan/cells.hpp"
#include "plan/combine.hpp"
#include "support/text.hpp"

namespace preflight::plan {

namespace {

bool concerns(const std::vector<Obstacle>& obstacles, Thing thing) {
  return std::ranges::any_of(obstacles, [&](const Obstacle& obstacle) { return obstacle.thing == thing; });
}

// Given only what one thing says. Of a driver the GPUs belong to it: which builds need its PTX compiler, and
// whether it knows them.
Given only(const Given& given, Thing thing) {
  Given alone;
  if (const auto found = given.fixed.find(thing); found != given.fixed.end()) alone.fixed.insert(*found);
  if (thing == Thing::gpus || thing == Thing::driver) alone.gpus = given.gpus;
  if (thing == Thing::driver) alone.compat = given.compat;
  return alone;
}

// "PyTorch 2.5.0 or later": from the oldest to the newest of the builds.
std::string range_of(const std::vector<const Build*>& allowed, Thing thing, std::span<const Build> builds) {
  const bool by_build = thing == Thing::gpus || thing == Thing::driver;
  const auto named = [&](const Build* build) { return by_build ? build->name : build->torch; };
  const auto newest = named(allowed.front());
  const auto oldest = named(allowed.back());
  if (newest == oldest) return "PyTorch " + newest;
  if (allowed.front()->torch == builds.front().torch && !by_build) return "PyTorch " + oldest + " or later";
  return "PyTorch " + oldest + " to " + newest;
}

std::vector<const Build*> allowed_by(const Given& given, Thing thing, const Knowledge& knowledge) {
  const auto alone = only(given, thing);
  std::vector<const Build*> allowed;
  for (const auto& build : knowledge.builds) {
    if (!concerns(find_obstacles(build, alone, knowledge.tables), thing)) allowed.push_back(&build);
  }
  return allowed;
}

std::string label_of(const Given& given, Thing thing) {
  if (thing != Thing::gpus) return std::string(name_of(thing)) + " " + std::string(given.text(thing));
  std::vector<std::string> names;
  for (const auto& gpu : given.gpus)
    names.push_back(gpu.name + " (compute capability " + to_text(gpu.capability) + ")");
  return join(names, " and ");
}

std::vector<Thing> given_things(const Given& given) {
  std::vector<Thing> things;
  for (const auto thing : {Thing::python, Thing::glibc, Thing::driver, Thing::gpus, Thing::architecture}) {
    const bool is_given = thing == Thing::gpus ? !given.gpus.empty() : given.fixed.contains(thing);
    if (is_given) things.push_back(thing);
  }
  return things;
}

// The builds that were asked for by their torch, their CUDA or both.
std::vector<const Build*> asked_builds(const Given& given, const Knowledge& knowledge) {
  std::vector<const Build*> asked;
  for (const auto& build : knowledge.builds) {
    const auto obstacles = find_obstacles(build, given, knowledge.tables);
    if (!concerns(obstacles, Thing::torch) && !concerns(obstacles, Thing::cuda)) asked.push_back(&build);
  }
  return asked;
}

// "PyTorch 2.8.0 for CUDA 12.4"
std::string asked_text(const Given& given) {
  const auto torch = std::string(given.text(Thing::torch));
  const auto cuda = std::string(given.text(Thing::cuda));
  return "PyTorch" + (torch.empty() ? "" : " " + torch) + (cuda.empty() ? "" : " for CUDA " + cuda);
}

// What there is of the torch, or for the CUDA, that was asked for.
Reason nothing_asked(const Given& given, const Knowledge& knowledge) {
  std::vector<std::string> cudas;
  for (const auto& build : knowledge.builds) {
    if (!given.text(Thing::torch).empty() && begins_with(build.torch, given.text(Thing::torch)) &&
        std::ranges::find(cudas, build.cuda) == cudas.end())
      cudas.push_back(build.cuda);
  }
  std::string text = "the tables know no build of " + asked_text(given);
  if (!cudas.empty()) text += "; of this release they know those for CUDA " + join(cudas, ", ");
  if (cudas.empty()) text += "; the newest is " + knowledge.builds.front().name;
  return {given.text(Thing::torch).empty() ? Thing::cuda : Thing::torch, text};
}

// Each different sentence that rules out a build because of the thing.
std::vector<std::string> whys(std::span<const Build* const> builds, const Given& given, Thing thing,
                              const tables::Tables& tables) {
  std::vector<std::string> told;
  for (const auto* const build : builds) {
    for (const auto& obstacle : find_obstacles(*build, given, tables)) {
      const bool is_new = obstacle.thing == thing && std::ranges::find(told, obstacle.why) == told.end();
      if (is_new) told.push_back(obstacle.why);
    }
  }
  return told;
}

void add_all(Thing thing, std::vector<std::string> texts, std::vector<Reason>& found) {
  for (auto& text : texts) found.push_back({thing, std::move(text)});
}

// Why a thing rules out what was asked for, and what it allows.
void add_why(const std::vector<const Build*>& asked, const Given& given, Thing thing,
             const Knowledge& knowledge, std::vector<Reason>& found) {
  auto told = whys(asked, given, thing, knowledge.tables);
  if (told.empty()) return;
  const auto allowed = allowed_by(given, thing, knowledge);
  if (!allowed.empty()) {
    told.push_back(label_of(given, thing) + " allows " + range_of(allowed, thing, knowledge.builds));
  }
  add_all(thing, std::move(told), found);
}

// What a thing allows; where that is nothing, why the newest build isn't possible.
void add_allowance(const Given& given, Thing thing, const Knowledge& knowledge, std::vector<Reason>& found) {
  const auto allowed = allowed_by(given, thing, knowledge);
  if (!allowed.empty()) {
    found.push_back(
        {thing, label_of(given, thing) + " allows " + range_of(allowed, thing, knowledge.builds)});
    return;
  }
  const auto* const newest = &knowledge.builds.front();
  add_all(thing, whys({&newest, 1}, given, thing, knowledge.tables), found);
}

}  // namespace

std::vector<Reason> reasons(const Given& given, const Knowledge& knowledge) {
  std::vector<Reason> found;
  const bool is_asked = given.fixed.contains(Thing::torch) || given.fixed.contains(Thing::cuda);
  const auto asked = asked_builds(given, knowledge);
  if (asked.empty()) found.push_back(nothing_asked(given, knowledge));
  for (const auto thing : given_things(given)) {
    if (is_asked) {
      add_why(asked, given, thing, knowledge, found);
    } else {
      add_allowance(given, thing, knowledge, found);
    }
  }
  return found;
}

}  // namespace preflight::plan
