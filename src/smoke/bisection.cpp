#include "smoke/bisection.hpp"

#include <algorithm>
#include <limits>

namespace preflight::smoke {

namespace {

constexpr auto kNobody = std::numeric_limits<std::size_t>::max();

bool contains(const std::vector<std::size_t>& nodes, std::size_t node) {
  return std::ranges::find(nodes, node) != nodes.end();
}

}  // namespace

Bisection::Bisection(std::size_t nodes) {
  for (std::size_t node = 0; node < nodes; ++node) groups_.push_back({node});
}

NodeGroups Bisection::next() {
  return phase_ == Phase::over ? NodeGroups{} : groups_;
}

void Bisection::take(const std::vector<bool>& failed) {
  if (phase_ == Phase::alone) {
    take_alone(failed);
  } else {
    take_pairs(failed);
  }
  if (groups_.empty()) conclude();
}

void Bisection::take_alone(const std::vector<bool>& failed) {
  for (std::size_t place = 0; place < groups_.size(); ++place) {
    auto& nodes = failed[place] ? bad_ : able_;
    nodes.push_back(groups_[place].front());
  }
  phase_ = Phase::pairs;
  groups_ = pairs();
}

void Bisection::take_pairs(const std::vector<bool>& failed) {
  for (std::size_t place = 0; place < groups_.size(); ++place) {
    const auto& pair = groups_[place];
    if (failed[place]) {
      failed_pairs_.emplace_back(std::min(pair[0], pair[1]), std::max(pair[0], pair[1]));
      continue;
    }
    for (const auto node : pair) {
      if (!is_good(node)) good_.push_back(node);
    }
  }
  const bool goes_on = phase_ == Phase::pairs && (failed_pairs_.empty() || good_.empty());
  if (goes_on && may_pair_otherwise()) {
    ++pairing_;
    groups_ = pairs();
  } else {
    phase_ = Phase::suspects;
    groups_ = suspects_with_good();
  }
}

// As a tournament pairs its players: the first stays, the others go around.
NodeGroups Bisection::pairs() const {
  auto circle = able_;
  if (circle.size() % 2 == 1) circle.push_back(kNobody);
  if (circle.empty()) return {};
  std::rotate(circle.begin() + 1, circle.begin() + 1 + static_cast<std::ptrdiff_t>(pairing_), circle.end());
  NodeGroups groups;
  for (std::size_t place = 0; place < circle.size() / 2; ++place) {
    const auto one = circle[place];
    const auto other = circle[circle.size() - 1 - place];
    if (one != kNobody && other != kNobody) groups.push_back({one, other});
  }
  return groups;
}

bool Bisection::may_pair_otherwise() const {
  const auto pairings = able_.size() + able_.size() % 2 - 1;
  return pairing_ + 1 < std::min(pairings, kMostPairings);
}

bool Bisection::is_good(std::size_t node) const {
  return contains(good_, node);
}

std::vector<std::size_t> Bisection::failed_with(std::size_t node) const {
  std::vector<std::size_t> nodes;
  for (const auto& [first, second] : failed_pairs_) {
    if (first == node) nodes.push_back(second);
    if (second == node) nodes.push_back(first);
  }
  return nodes;
}

// One failure, even with a good node, may lie between the two.
bool Bisection::is_at_fault(std::size_t node) const {
  const auto partners = failed_with(node);
  return !is_good(node) && partners.size() > 1 &&
         std::ranges::any_of(partners, [&](std::size_t partner) { return is_good(partner); });
}

// Each with one that it hasn't failed with; those that are left over wait for the next round.
NodeGroups Bisection::suspects_with_good() const {
  NodeGroups groups;
  auto free = good_;
  for (const auto node : able_) {
    const auto partners = failed_with(node);
    if (partners.empty() || is_good(node) || is_at_fault(node)) continue;
    const auto found =
        std::ranges::find_if(free, [&](std::size_t good) { return !contains(partners, good); });
    if (found == free.end()) continue;
    groups.push_back({node, *found});
    free.erase(found);
  }
  return groups;
}

void Bisection::conclude() {
  phase_ = Phase::over;
  for (const auto node : able_) {
    if (is_at_fault(node)) bad_.push_back(node);
  }
  for (const auto& [first, second] : failed_pairs_) {
    if (!contains(bad_, first) && !contains(bad_, second)) bad_pairs_.emplace_back(first, second);
  }
  std::ranges::sort(bad_);
}

}  // namespace preflight::smoke
