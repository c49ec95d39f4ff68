// Runs one probe of the table on a fake root.
#pragma once

#include <algorithm>
#include <stdexcept>
#include <string>

#include "doubles/memory_tree.hpp"
#include "facts/document.hpp"
#include "probe/probe.hpp"

namespace preflight::test {

inline const probe::Probe& find_probe(std::string_view name) {
  const auto table = probe::probes();
  const auto found = std::ranges::find(table, name, &probe::Probe::name);
  if (found == table.end()) throw std::logic_error("no probe " + std::string(name));
  return *found;
}

inline facts::Document run_probe(std::string_view name, const target::FileTree& files,
                                 probe::SystemState state = probe::SystemState::running) {
  facts::Document document;
  facts::FactWriter writer(document);
  find_probe(name).run({files, state}, writer);
  return document;
}

// A fact of the host in one word or two: its value, "absent", "unreadable", "not observable" or "not set".
inline std::string state_of(const facts::Subject& subject, std::string_view path) {
  const auto* fact = subject.find(path);
  if (fact == nullptr) return "not set";
  if (fact->known()) return facts::to_text(*fact->value());
  if (fact->absent()) return "absent";
  return fact->unknown()->gap == facts::Gap::unreadable ? "unreadable" : "not observable";
}

inline std::string host_state(const facts::Document& document, std::string_view path) {
  return state_of(document.host(), path);
}

}  // namespace preflight::test
