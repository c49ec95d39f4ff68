#include "smoke/compare.hpp"

#include <algorithm>
#include <set>

#include "support/text.hpp"

namespace preflight::smoke {

namespace {

std::optional<std::string> value_of(const RankFacts& rank, const std::string& fact) {
  const auto found = rank.facts.find(fact);
  if (found == rank.facts.end()) return std::nullopt;
  return found->second;
}

std::vector<SharedValue> values_of(const std::string& fact, const std::vector<const RankFacts*>& ranks) {
  std::map<std::optional<std::string>, SharedValue> by_value;
  for (const auto* rank : ranks) {
    SharedValue& shared = by_value[value_of(*rank, fact)];
    shared.ranks.push_back(rank->rank);
    if (std::ranges::find(shared.hosts, rank->host) == shared.hosts.end()) shared.hosts.push_back(rank->host);
  }
  std::vector<SharedValue> values;
  for (auto& [value, shared] : by_value) {
    shared.value = value;
    values.push_back(std::move(shared));
  }
  std::ranges::sort(values, [](const SharedValue& left, const SharedValue& right) {
    if (left.ranks.size() != right.ranks.size()) return left.ranks.size() > right.ranks.size();
    return left.ranks < right.ranks;
  });
  return values;
}

}  // namespace

std::vector<Difference> compare_facts(const std::vector<RankFacts>& ranks) {
  std::vector<const RankFacts*> ordered;
  std::set<std::string> names;
  for (const auto& rank : ranks) {
    ordered.push_back(&rank);
    for (const auto& [name, value] : rank.facts) names.insert(name);
  }
  std::ranges::sort(ordered, {}, &RankFacts::rank);
  std::vector<Difference> differences;
  for (const auto& name : names) {
    auto values = values_of(name, ordered);
    if (values.size() > 1) differences.push_back({name, std::move(values)});
  }
  return differences;
}

std::string ranges_text(const std::vector<int>& numbers) {
  std::vector<std::string> runs;
  for (std::size_t begin = 0; begin < numbers.size();) {
    std::size_t end = begin + 1;
    while (end < numbers.size() && numbers[end] == numbers[end - 1] + 1) ++end;
    std::string run = std::to_string(numbers[begin]);
    if (end - begin > 1) run += "-" + std::to_string(numbers[end - 1]);
    runs.push_back(std::move(run));
    begin = end;
  }
  return join(runs, ",");
}

std::string hosts_text(const std::vector<std::string>& hosts) {
  constexpr std::size_t kMostNamed = 4;
  const auto named = std::min(hosts.size(), kMostNamed);
  std::string text = join({hosts.begin(), hosts.begin() + static_cast<std::ptrdiff_t>(named)}, ", ");
  if (hosts.size() > named) text += " and " + std::to_string(hosts.size() - named) + " more";
  return text;
}

std::string to_text(const Difference& difference) {
  std::string text = difference.fact + ": ";
  for (std::size_t index = 0; index < difference.values.size(); ++index) {
    const auto& shared = difference.values[index];
    if (index > 0) text += ", but ";
    text += shared.value ? *shared.value : "not set";
    text += (shared.ranks.size() > 1 ? " (ranks " : " (rank ") + ranges_text(shared.ranks);
    // The majority needs no names.
    if (index > 0) text += " on " + hosts_text(shared.hosts);
    text += ")";
  }
  return text;
}

}  // namespace preflight::smoke
