// Finds the node that makes a job on many nodes fail: each node alone, then pairs, then those of failing
// pairs with nodes that are known to be good. Of the groups of a round, all are tried at the same time.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace preflight::smoke {

using NodeGroups = std::vector<std::vector<std::size_t>>;  // nodes by number; those that are left out, rest

class Bisection {
 public:
  explicit Bisection(std::size_t nodes);

  // What is to be tried in the next round; empty when there is nothing left to try.
  NodeGroups next();

  // How the groups of next() fared, in their order.
  void take(const std::vector<bool>& failed);

  // Fail alone, or with a node that works with others.
  const std::vector<std::size_t>& bad() const { return bad_; }
  // Fail together, and neither can be told to be at fault: each works with others, or there are none.
  const std::vector<std::pair<std::size_t, std::size_t>>& bad_pairs() const { return bad_pairs_; }

 private:
  enum class Phase { alone, pairs, shifted_pairs, suspects, over };

  void take_alone(const std::vector<bool>& failed);
  void take_pairs(const std::vector<bool>& failed);
  void take_suspects(const std::vector<bool>& failed);
  NodeGroups suspects_with_good() const;
  void conclude();

  Phase phase_ = Phase::alone;
  NodeGroups groups_;
  std::vector<std::size_t> able_;  // to work alone
  std::vector<std::size_t> good_;  // worked in a pair
  std::vector<std::size_t> suspects_;
  std::vector<std::pair<std::size_t, std::size_t>> failed_pairs_;
  std::vector<std::size_t> bad_;
  std::vector<std::pair<std::size_t, std::size_t>> bad_pairs_;
};

}  // namespace preflight::smoke
