// Why, in sentences.
#include <algorithm>

#include "plan/cells.hpp"
#include "plan/combine.hpp"
#include "plan/whys.hpp"
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

std::vector<const Build*> allowed_by(const Given& given, Thing thing, const Knowledge& knowledge) {
  const auto alone = only(given, thing);
  std::vector<const Build*> allowed;
  for (const auto& build : knowledge.builds) {
    if (!concerns(find_obstacles(build, alone, knowledge.tables), thing)) allowed.push_back(&build);
  }
  return allowed;
}

std::string label_of(const Given& given, Thing thing) {
  if (thing != Thing::gpus) return fixed_text(given, thing);
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

template <class Wanted>
std::vector<std::string> cudas_of(std::span<const Build> builds, Wanted wanted) {
  std::vector<DottedVersion> versions;
  for (const auto& build : builds) {
    if (wanted(build)) versions.push_back(version_of(build.cuda));
  }
  std::ranges::sort(versions);
  versions.erase(std::unique(versions.begin(), versions.end()), versions.end());
  std::vector<std::string> texts;
  texts.reserve(versions.size());
  for (const auto& version : versions)
    texts.push_back(std::to_string(version.at(0)) + "." + std::to_string(version.at(1)));
  return texts;
}

// What there is of the torch, or for the CUDA, that was asked for.
Reason nothing_asked(const Given& given, const Knowledge& knowledge) {
  const auto torch = given.text(Thing::torch);
  const auto cuda = given.text(Thing::cuda);
  const auto of_torch = cudas_of(knowledge.builds, [&](const Build& build) {
    return !torch.empty() && begins_with(build.torch, torch);
  });
  const auto all = cudas_of(knowledge.builds, [](const Build&) { return true; });
  const bool is_cuda_known =
      std::ranges::any_of(all, [&](const std::string& known) { return begins_with(known, cuda); });
  std::string text = "the tables know no build of " + asked_text(given);
  if (!of_torch.empty()) {
    text += "; of this release they know those for CUDA " + join(of_torch, ", ");
  } else if (!cuda.empty() && !is_cuda_known) {
    text += "; they know builds for CUDA " + join(all, ", ");
  } else {
    text += "; the newest is " + knowledge.builds.front().name;
  }
  return {torch.empty() ? Thing::cuda : Thing::torch, text};
}

void add_whys(std::span<const Build* const> builds, const Given& given, Thing thing,
              const tables::Tables& tables, std::vector<Reason>& found) {
  for (auto& text : whys(builds, given, thing, tables)) found.push_back({thing, std::move(text)});
}

// What a thing leaves of all builds; nothing to tell where that is all or none.
void add_allowance(const Given& given, Thing thing, const Knowledge& knowledge, std::vector<Reason>& found) {
  const auto allowed = allowed_by(given, thing, knowledge);
  if (allowed.empty() || allowed.size() == knowledge.builds.size()) return;
  const auto named = [&](const Build& build) { return thing == Thing::python ? build.torch : build.name; };
  const bool lacks_newest = named(*allowed.front()) != named(knowledge.builds.front());
  const bool lacks_oldest = named(*allowed.back()) != named(knowledge.builds.back());
  if (!lacks_newest && !lacks_oldest) return;
  std::string text = "with " + label_of(given, thing) + " the ";
  if (lacks_newest) text += "newest possible PyTorch is " + named(*allowed.front());
  if (lacks_oldest)
    text += (lacks_newest ? ", the oldest " : "oldest possible PyTorch is ") + named(*allowed.back());
  found.push_back({thing, std::move(text)});
}

// The builds that tell why a thing allows none. For a driver that is too old for all one will do: the one
// that asks for the least.
std::vector<const Build*> telling(Thing thing, const Knowledge& knowledge) {
  const auto floor = [&](const Build& build) {
    return version_of(oldest_driver_of_cuda(build, knowledge.tables));
  };
  if (thing == Thing::driver) return {&*std::ranges::min_element(knowledge.builds, {}, floor)};
  std::vector<const Build*> all;
  for (const auto& build : knowledge.builds) all.push_back(&build);
  return all;
}

}  // namespace

std::vector<Reason> reasons(const Given& given, const Knowledge& knowledge) {
  std::vector<Reason> found;
  const bool is_asked = given.fixed.contains(Thing::torch) || given.fixed.contains(Thing::cuda);
  const auto asked = asked_builds(given, knowledge);
  if (asked.empty()) found.push_back(nothing_asked(given, knowledge));
  for (const auto thing : given_things(given)) {
    const auto before = found.size();
    // What was asked for is ruled out one by one; else only what rules out everything.
    if (is_asked) {
      add_whys(asked, given, thing, knowledge.tables, found);
    } else if (allowed_by(given, thing, knowledge).empty()) {
      add_whys(telling(thing, knowledge), given, thing, knowledge.tables, found);
    }
    if (!is_asked || found.size() > before) add_allowance(given, thing, knowledge, found);
  }
  return found;
}

}  // namespace preflight::plan
