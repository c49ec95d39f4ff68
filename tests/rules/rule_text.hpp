// A rule file with one rule, of which each test changes a part.
#pragma once

#include <map>
#include <string>

#include "rules/load.hpp"

struct RuleText {
  std::map<std::string, std::string> members = {  // to their JSON
      {"id", R"_("some-rule")_"},
      {"cause", R"_("some-cause")_"},
      {"when", R"_("driver.module_version < version(\"525\")")_"},
      {"severity", R"_("error")_"},
      {"title", R"_("Driver {driver.module_version}")_"},
      {"why", R"_("Because.")_"},
      {"fix", R"_(["Do."])_"},
      {"sources", R"_(["https://example.org"])_"},
      {"matches", R"_([{"driver.module_version": "470.1"}])_"},
      {"passes", R"_([{"driver.module_version": "535.1"}])_"}};

  RuleText& with(const std::string& name, const std::string& json) {
    members[name] = json;
    return *this;
  }
  RuleText& without(const std::string& name) {
    members.erase(name);
    return *this;
  }
  // One member a line, in the order of their names.
  std::string object() const {
    std::string text;
    for (const auto& [name, json] : members) {
      text += (text.empty() ? "{\n\"" : ",\n\"") + name + "\": " + json;
    }
    return text + "}";
  }
  std::string file() const { return "{\"rules\": [" + object() + "]}"; }
};

inline const preflight::rules::Causes& some_causes() {
  static const preflight::rules::Causes kCauses = {{"some-cause", "A cause."}, {"other-cause", "Another."}};
  return kCauses;
}

inline preflight::rules::Loaded load_text(const std::string& text) {
  return preflight::rules::load_rules({{"r.json", text}}, some_causes(), {});
}

// The problems, one a line.
inline std::string problems_of(const std::string& text) {
  std::string all;
  for (const auto& problem : load_text(text).problems) all += to_text(problem) + "\n";
  return all;
}
