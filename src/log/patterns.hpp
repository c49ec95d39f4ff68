// Regular expressions over lines. This is where RE2 is wrapped: what it takes grows with the text alone, not
// with what a stranger wrote into it (docs/decisions/0008-re2.md).
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace preflight::log {

// What the named groups of an expression matched; a group that took no part is not there.
using Captures = std::map<std::string, std::string, std::less<>>;

struct PatternMatch {
  std::size_t offset = 0;  // where in the line the match begins
  Captures captures;
};

// Expressions that are tried all at once. Lines and expressions are bytes: '.' is any byte.
class Patterns {
 public:
  Patterns();
  Patterns(Patterns&&) noexcept;
  Patterns& operator=(Patterns&&) noexcept;
  ~Patterns();

  // Adds an expression; its number is how many there were before. Returns what is wrong with it, if anything.
  std::optional<std::string> add(std::string_view expression);

  // After the last add(), before the first find(): puts them together.
  void compile();

  // The numbers of the expressions that match somewhere in the line, in ascending order.
  void find(std::string_view line, std::vector<int>& numbers) const;

  // The first match of one expression; empty when there is none.
  std::optional<PatternMatch> match(int number, std::string_view line) const;

  // The names of an expression's groups.
  std::vector<std::string> names(int number) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace preflight::log
