#include "report/plan.hpp"

#include <algorithm>
#include <set>

#include <nlohmann/json.hpp>

#include "plan/cells.hpp"
#include "report/findings_json.hpp"
#include "support/text.hpp"

namespace preflight::report {

namespace {

using plan::Bound;
using plan::Change;
using plan::Combination;
using plan::Plan;
using plan::Thing;

constexpr std::size_t kIndent = 5;

std::string given_text(const plan::Given& given) {
  std::vector<std::string> parts;
  for (const auto& gpu : given.gpus) {
    parts.push_back((gpu.count > 1 ? std::to_string(gpu.count) + " x " : "") + gpu.name);
  }
  for (const auto& [thing, fixed] : given.fixed) parts.push_back(plan::fixed_text(given, thing));
  return parts.empty() ? "any machine" : join(parts, ", ");
}

// "Needs driver 525.60.13 or later, up to branch 580."
std::string range_text(const plan::DriverRange& range) {
  if (range.oldest.empty()) return "";
  const bool is_branch = range.oldest.find('.') == std::string::npos;
  return "Needs driver " + std::string(is_branch ? "branch " : "") + range.oldest + " or later" +
         (range.last_branch ? ", up to branch " + std::to_string(*range.last_branch) : "") + ".";
}

std::string support_text(const Combination& combination, const plan::Given& given) {
  std::string driver = plan::fixed_text(given, Thing::driver);
  driver.front() = 'D';
  switch (combination.support) {
    case plan::DriverSupport::native:
      return driver + " brings CUDA " + combination.build.cuda + " or later.";
    case plan::DriverSupport::minor_version:
      return driver + " brings an older CUDA of the same family, which is enough (" +
             combination.driver.oldest + " is the oldest); what compiles PTX at run time needs " +
             (combination.own_driver.empty() ? "a newer one." : combination.own_driver + ".");
    case plan::DriverSupport::unknown:
      return range_text(combination.driver);
  }
  return "";
}

// "  - the first line" and the others below it.
std::string item_text(const std::string& text, const Style& style) {
  constexpr std::string_view kMark = "  - ";
  return std::string(kMark) + wrap(text, kMark.size(), style.width).substr(kMark.size());
}

std::string build_text(const plan::Build& build) {
  return "PyTorch " + build.torch + " for CUDA " + build.cuda;
}

std::string combination_text(const Combination& combination, const plan::Given& given, const Style& style) {
  // Not wrapped: a command is there to be pasted.
  std::string text = std::string(kIndent, ' ') + combination.command + "\n";
  text += wrap(support_text(combination, given), kIndent, style.width);
  if (combination.torchvision.empty())
    text += wrap("No torchvision that goes with it is known.", kIndent, style.width);
  for (const auto& finding : combination.findings) {
    text += wrap(std::string(to_text(finding.severity)) + ": " + finding.title, kIndent, style.width);
  }
  return text;
}

std::string thing_text(const plan::ChangedThing& changed) {
  if (changed.thing == Thing::gpus) return "without " + changed.to;
  std::string name(plan::name_of(changed.thing));
  switch (changed.bound) {
    case Bound::exactly:
      return name + " " + changed.to;
    case Bound::at_least:
      return name + " " + changed.to + " or later";
    case Bound::at_most:
      return name + " " + changed.to + " or older";
  }
  return name;
}

// A changed PyTorch or CUDA shows in the build.
std::string change_text(const Change& change, const Style& style) {
  std::vector<std::string> others;
  for (const auto& changed : change.things) {
    if (changed.thing != Thing::torch && changed.thing != Thing::cuda) others.push_back(thing_text(changed));
  }
  const std::string label = join(others, " and ") + (others.empty() ? "" : ": ");
  return wrap(label + build_text(change.best.build), 2, style.width) + std::string(kIndent, ' ') +
         change.best.command + "\n";
}

// One line a rule: what it says of the newest build that it condemns.
std::string left_out_text(const std::vector<plan::LeftOut>& left_out, const Style& style) {
  std::string text;
  std::set<std::string> told;
  for (const auto& [build, finding] : left_out) {
    if (!told.insert(finding.rule).second) continue;
    const auto same = std::ranges::count(left_out, finding.rule,
                                         [](const plan::LeftOut& other) { return other.finding.rule; });
    const auto others =
        same > 1 ? " and " + std::to_string(same - 1) + (same > 2 ? " others" : " other") : "";
    text +=
        item_text("PyTorch " + build.name + others + ": " + finding.title + " [" + finding.rule + "]", style);
  }
  return text;
}

using Json = nlohmann::ordered_json;

Json given_json(const plan::Given& given) {
  Json json = Json::object();
  for (const auto& [thing, fixed] : given.fixed)
    json[std::string(plan::key_of(thing))] = {{"value", fixed.text}, {"from", fixed.origin}};
  if (!given.compat.empty()) json["driver"]["compat"] = given.compat;
  Json gpus = Json::array();
  for (const auto& gpu : given.gpus) {
    gpus.push_back(
        {{"name", gpu.name}, {"compute_capability", plan::to_text(gpu.capability)}, {"count", gpu.count}});
  }
  json["gpus"] = {{"value", std::move(gpus)}, {"from", given.gpus_origin}};
  return json;
}

std::string_view support_key(plan::DriverSupport support) {
  switch (support) {
    case plan::DriverSupport::native:
      return "native";
    case plan::DriverSupport::minor_version:
      return "minor_version";
    case plan::DriverSupport::unknown:
      return "unknown";
  }
  return "";
}

Json combination_json(const Combination& combination) {
  const auto& range = combination.driver;
  return {{"torch", combination.build.torch},
          {"cuda", combination.build.cuda},
          {"build", combination.build.name},
          {"torchvision", combination.torchvision},
          {"torchaudio", combination.torchaudio},
          {"command", combination.command},
          {"driver_support", support_key(combination.support)},
          {"oldest_driver", range.oldest},
          {"last_driver_branch", range.last_branch ? std::to_string(*range.last_branch) : ""},
          {"findings", list_of(combination.findings)}};
}

std::string_view bound_key(Bound bound) {
  switch (bound) {
    case Bound::exactly:
      return "exactly";
    case Bound::at_least:
      return "at_least";
    case Bound::at_most:
      return "at_most";
  }
  return "";
}

Json change_json(const Change& change) {
  Json things = Json::array();
  for (const auto& thing : change.things) {
    things.push_back(
        {{"what", plan::key_of(thing.thing)}, {"to", thing.to}, {"bound", bound_key(thing.bound)}});
  }
  return {{"things", std::move(things)}, {"best", combination_json(change.best)}};
}

}  // namespace

std::string plan_text(const Plan& plan, const Style& style, std::size_t most) {
  const std::string given = given_text(plan.given);
  std::string text;
  if (plan.combinations.empty()) {
    text += paint("NONE", Ink::red, style) + ": nothing is known to work for " + printable(given) + "\n";
  } else {
    text += paint("KNOWN GOOD", Ink::green, style) + " for " + printable(given) + ", the best first\n";
  }
  const std::size_t shown = std::min(most, plan.combinations.size());
  for (std::size_t place = 0; place < shown; ++place) {
    const auto& combination = plan.combinations[place];
    text += "\n" + std::to_string(place + 1) + ". " + paint(build_text(combination.build), Ink::bold, style) +
            "\n" + combination_text(combination, plan.given, style);
  }
  if (shown < plan.combinations.size()) {
    text += "\n" + std::to_string(plan.combinations.size() - shown) + " more: --all\n";
  }
  if (!plan.left_out.empty()) text += "\nLeft out, as a rule of severity error speaks against them:\n";
  text += left_out_text(plan.left_out, style);
  if (!plan.reasons.empty()) text += "\nWhy these, and no others:\n";
  for (const auto& reason : plan.reasons) text += item_text(reason.text, style);
  if (!plan.changes.empty()) text += "\nWhat would make it possible:\n";
  for (const auto& change : plan.changes) text += change_text(change, style);
  if (!plan.given.doubts.empty()) text += "\nNot taken into account:\n";
  for (const auto& doubt : plan.given.doubts) text += item_text(doubt, style);
  return text;
}

std::string plan_json(const Plan& plan) {
  Json json = {{"schema", kPlanSchema}, {"given", given_json(plan.given)}};
  json["driver_cuda"] = plan.brought_cuda;
  for (const auto* list : {"combinations", "left_out", "reasons", "changes"}) json[list] = Json::array();
  for (const auto& combination : plan.combinations)
    json["combinations"].push_back(combination_json(combination));
  for (const auto& left_out : plan.left_out)
    json["left_out"].push_back({{"build", left_out.build.name}, {"finding", json_of(left_out.finding)}});
  for (const auto& reason : plan.reasons)
    json["reasons"].push_back({{"what", plan::key_of(reason.thing)}, {"text", reason.text}});
  for (const auto& change : plan.changes) json["changes"].push_back(change_json(change));
  json["doubts"] = plan.given.doubts;
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace preflight::report
