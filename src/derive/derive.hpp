// Derived facts: computed from facts and tables, in one listed stage after all probes. Each says in its
// source which fact and which table it comes from; where those are unknown or absent, so is it, with the
// reason.
#pragma once

#include <span>
#include <string_view>

#include "facts/document.hpp"
#include "tables/tables.hpp"

namespace preflight::derive {

struct Derivation {
  std::string_view name;
  std::string_view kind;                    // of the subjects whose facts it reads and sets
  std::span<const std::string_view> reads;  // facts, and tables as "table.NAME"
  std::span<const std::string_view> sets;   // facts
  void (*run)(facts::Document& document, const tables::Tables& tables);
};

// Every derivation, in the order in which they run.
std::span<const Derivation> derivations();

// Runs them all. What a document already holds of derived facts (read from a file) is computed anew.
void run_derivations(facts::Document& document, const tables::Tables& tables);

}  // namespace preflight::derive
