// The facts of a document, one a line, for approval and comparison in tests.
#pragma once

#include <map>
#include <string>

#include "facts/document.hpp"

namespace preflight::collect_env {

// "environment collect_env: torch.cuda" to "12.1", "absent" or "unknown (why)".
inline std::map<std::string, std::string> facts_by_name(const facts::Document& document) {
  std::map<std::string, std::string> rendered;
  for (const auto& subject : document.subjects) {
    const std::string owner = subject.id == subject.kind ? subject.kind : subject.kind + " " + subject.id;
    for (const auto& [path, fact] : subject.facts) {
      std::string state = "absent";
      if (fact.known()) state = facts::to_text(*fact.value());
      if (fact.unknown() != nullptr) state = "unknown (" + fact.unknown()->reason + ")";
      rendered.emplace(owner + ": " + path, state);
    }
  }
  return rendered;
}

inline std::string render(const facts::Document& document) {
  std::string text;
  for (const auto& [name, state] : facts_by_name(document)) text += name + " = " + state + "\n";
  return text;
}

}  // namespace preflight::collect_env
