#include "smoke/bisection.hpp"

#include <algorithm>

namespace preflight::smoke {

namespace {

bool contains(const std::vector<std::size_t>& nodes, std::size_t node) {
  return std::ranges::find(nodes, node) != nodes.end();
}

NodeGroups pairs_from(const std::vector<std::size_t>& nodes, std::size_t begin) {
  NodeGroups groups;
  for (std::size_t place = begin; place + 1 < nodes.size(); place += 2) {
    groups.push_back({nodes[place], nodes[place + 1]});
  }
  return groups;
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
  } else if (phase_ == Phase::suspects) {
    take_suspects(failed);
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
  groups_ = pairs_from(able_, 0);
}

// When all pairs work, others are tried once: with the neighbour on the other side.
void Bisection::take_pairs(const std::vector<bool>& failed) {
  for (std::size_t place = 0; place < groups_.size(); ++place) {
    const auto& pair = groups_[place];
    if (failed[place]) failed_pairs_.emplace_back(pair[0], pair[1]);
    for (const auto node : pair) {
      auto& nodes = failed[place] ? suspects_ : good_;
      if (!contains(nodes, node)) nodes.push_back(node);
    }
  }
  std::erase_if(suspects_, [&](std::size_t node) { return contains(good_, node); });
  const bool shift = phase_ == Phase::pairs && failed_pairs_.empty() && able_.size() > 2;
  phase_ = shift ? Phase::shifted_pairs : Phase::suspects;
  groups_ = shift ? pairs_from(able_, 1) : suspects_with_good();
}

NodeGroups Bisection::suspects_with_good() const {
  NodeGroups groups;
  for (std::size_t place = 0; place < std::min(suspects_.size(), good_.size()); ++place) {
    groups.push_back({suspects_[place], good_[place]});
  }
  return groups;
}

void Bisection::take_suspects(const std::vector<bool>& failed) {
  for (std::size_t place = 0; place < groups_.size(); ++place) {
    const auto node = groups_[place].front();
    std::erase(suspects_, node);
    auto& nodes = failed[place] ? bad_ : good_;
    nodes.push_back(node);
  }
  groups_ = suspects_with_good();
}

void Bisection::conclude() {
  phase_ = Phase::over;
  for (const auto& [first, second] : failed_pairs_) {
    if (!contains(bad_, first) && !contains(bad_, second)) bad_pairs_.emplace_back(first, second);
  }
  std::ranges::sort(bad_);
}

}  // namespace preflight::smoke
