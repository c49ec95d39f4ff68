// Finds the node that makes a job on many nodes fail. Each node is tried alone; then pairs, in rounds that
// join each node with another one, until some fail and some work; then nodes that were only in failing pairs,
// each with one that works. Of the groups of a round, all are tried at the same time.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace preflight::smoke {

using NodeGroups = std::vector<std::vector<std::size_t>>;  // nodes by number; those that are left out, rest

// Rounds of pairs: up to 16 nodes meet each other node. Of more nodes, two that only fail together may never
// meet.
constexpr std::size_t kMostPairings = 15;

class Bisection {
 public:
  explicit Bisection(std::size_t nodes);

  // What is to be tried in the next round; empty when there is nothing left to try.
  NodeGroups next();

  // How the groups of next() fared, in their order.
  void take(const std::vector<bool>& failed);

  // Fail alone, or with several others of which one works elsewhere.
  const std::vector<std::size_t>& bad() const { return bad_; }
  // Fail together, and neither can be told to be at fault: each works with others, or there are none.
  const std::vector<std::pair<std::size_t, std::size_t>>& bad_pairs() const { return bad_pairs_; }

 private:
  enum class Phase { alone, pairs, suspects, over };

  void take_alone(const std::vector<bool>& failed);
  void take_pairs(const std::vector<bool>& failed);
  NodeGroups pairs() const;
  bool may_pair_otherwise() const;
  bool is_good(std::size_t node) const;
  std::vector<std::size_t> failed_with(std::size_t node) const;
  bool is_at_fault(std::size_t node) const;
  NodeGroups suspects_with_good() const;
  void conclude();

  Phase phase_ = Phase::alone;
  NodeGroups groups_;
  std::size_t pairing_ = 0;
  std::vector<std::size_t> able_;  // to work alone
  std::vector<std::size_t> good_;  // worked in a pair
  std::vector<std::pair<std::size_t, std::size_t>> failed_pairs_;
  std::vector<std::size_t> bad_;
  std::vector<std::pair<std::size_t, std::size_t>> bad_pairs_;
};

}  // namespace preflight::smoke
