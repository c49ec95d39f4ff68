#include "log/patterns.hpp"

#include <algorithm>
#include <re2/re2.h>
#include <re2/set.h>
#include <stdexcept>

namespace preflight::log {

namespace {

// Of the automaton over all expressions, which is made while lines are read and thrown away when it is full.
constexpr std::int64_t kMostMemory = std::int64_t{64} << 20;

RE2::Options options() {
  RE2::Options options(RE2::Latin1);
  options.set_log_errors(false);
  options.set_max_mem(kMostMemory);
  return options;
}

re2::StringPiece piece(std::string_view text) {
  return {text.data(), text.size()};
}

}  // namespace

struct Patterns::State {
  std::vector<std::unique_ptr<RE2>> expressions;
  RE2::Set all{options(), RE2::UNANCHORED};
};

Patterns::Patterns() : state_(std::make_unique<State>()) {}
Patterns::Patterns(Patterns&&) noexcept = default;
Patterns& Patterns::operator=(Patterns&&) noexcept = default;
Patterns::~Patterns() = default;

std::optional<std::string> Patterns::add(std::string_view expression) {
  auto compiled = std::make_unique<RE2>(piece(expression), options());
  if (!compiled->ok()) return "not an expression of RE2: " + compiled->error();
  const auto& names = compiled->NamedCapturingGroups();
  if (std::cmp_not_equal(compiled->NumberOfCapturingGroups(), names.size())) {
    return "a group without a name: write (?P<name>...) for what becomes a fact, else (?:...)";
  }
  if (RE2::PartialMatch("", *compiled)) return "it matches the empty line";
  std::string problem;
  if (state_->all.Add(piece(expression), &problem) < 0) return "not an expression of RE2: " + problem;
  state_->expressions.push_back(std::move(compiled));
  return std::nullopt;
}

void Patterns::compile() {
  if (!state_->all.Compile()) throw std::logic_error("the expressions do not fit into RE2's memory");
}

void Patterns::find(std::string_view line, std::vector<int>& numbers) const {
  numbers.clear();
  RE2::Set::ErrorInfo error{};
  if (!state_->all.Match(piece(line), &numbers, &error) && error.kind != RE2::Set::kNoError) {
    // Out of memory for the automaton: one after the other, then.
    for (std::size_t number = 0; number < state_->expressions.size(); ++number) {
      if (RE2::PartialMatch(piece(line), *state_->expressions[number]))
        numbers.push_back(static_cast<int>(number));
    }
  }
  std::ranges::sort(numbers);
}

std::optional<PatternMatch> Patterns::match(int number, std::string_view line) const {
  const RE2& expression = *state_->expressions.at(static_cast<std::size_t>(number));
  const int groups = expression.NumberOfCapturingGroups() + 1;
  std::vector<re2::StringPiece> found(static_cast<std::size_t>(groups));
  if (!expression.Match(piece(line), 0, line.size(), RE2::UNANCHORED, found.data(), groups))
    return std::nullopt;
  PatternMatch match{static_cast<std::size_t>(found.front().data() - line.data()), {}};
  for (const auto& [name, group] : expression.NamedCapturingGroups()) {
    const auto& text = found.at(static_cast<std::size_t>(group));
    if (text.data() != nullptr) match.captures.emplace(name, std::string(text.data(), text.size()));
  }
  return match;
}

std::vector<std::string> Patterns::names(int number) const {
  std::vector<std::string> names;
  for (const auto& entry : state_->expressions.at(static_cast<std::size_t>(number))->NamedCapturingGroups()) {
    names.push_back(entry.first);
  }
  return names;
}

}  // namespace preflight::log
