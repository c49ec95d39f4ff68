// A rule file with one rule, of which each test changes a part.
#pragma once

#include <map>
#include <string>

#include "rules/load.hpp"

struct RuleText {
  std::map<std::string, std::string> members = {  // to their JSON
      {"id", R"("some-rule")"},
      {"cause", R"("some-cause")"},
      {"when", R"("driver.module_version < version(\"525\")")"},
      {"severity", R"("error")"},
      {"title", R"("Driver {driver.module_version}")"},
      {"why", R"("Because.")"},
      {"fix", R"(["Do."])"},
      {"sources", R"(["https://example.org"])"},
      {"matches", R"([{"driver.module_version": "470.1"}])"},
      {"passes", R"([{"driver.module_version": "535.1"}])"}};

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
