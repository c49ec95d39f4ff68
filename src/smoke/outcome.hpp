// What the ranks tell at the comparison and at the conclusion, and what they get back.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "smoke/compare.hpp"
#include "smoke/groups.hpp"
#include "support/result.hpp"

namespace preflight::smoke {

// To the comparison. What isn't such a text gives a rank without facts.
std::string write_facts(const std::string& host, const std::map<std::string, std::string>& facts);
RankFacts read_facts(int rank, std::string_view json);

// What one rank brings to the conclusion.
struct RankConclusion {
  std::string wrong;          // JSON, as the worker told it; empty when it didn't come so far
  std::string failure;        // empty: none
  long long nanoseconds = 0;  // of one all-reduce of the bandwidth's size
  std::string log;            // JSON: log_summary.hpp
};

std::string write_conclusion(const RankConclusion& conclusion);
// What isn't such a text is a failure.
RankConclusion read_conclusion(std::string_view json);

// A sum that isn't what it must be.
struct WrongSum {
  int rank = 0;
  std::size_t size = 0;   // bytes of the all-reduce
  std::size_t index = 0;  // of the first wrong element
  std::string expected, found;
  std::size_t count = 0;  // of wrong elements
};

// "rank 3: 1024 of 262144 bytes' elements, the first at 61: 44 instead of 36".
std::string to_text(const WrongSum& wrong);

// What the ranks agree on at the end; the same in every process.
struct Outcome {
  std::vector<WrongSum> wrong;          // at most kMostWrong
  std::map<int, std::string> failures;  // by rank, where failures are outcomes
  std::optional<double> nanoseconds;    // the mean over the ranks
  bool again = false;                   // another round of the same kind follows
};

constexpr std::size_t kMostWrong = 64;

Outcome outcome_of(const std::vector<RankConclusion>& conclusions);
std::string write_outcome(const Outcome& outcome);
// Errors: malformed.
Result<Outcome> read_outcome(std::string_view json);

}  // namespace preflight::smoke
