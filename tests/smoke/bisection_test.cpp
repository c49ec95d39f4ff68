#include "smoke/bisection.hpp"

#include <algorithm>

#include "catch.hpp"

using namespace preflight::smoke;

namespace {

using Nodes = std::vector<std::size_t>;
using Pairs = std::vector<std::pair<std::size_t, std::size_t>>;

bool has(const Nodes& group, std::size_t node) {
  return std::ranges::find(group, node) != group.end();
}

// A job in which groups fail as `fails` has it.
template <class Fails>
Bisection bisect(std::size_t nodes, const Fails& fails, std::size_t* rounds = nullptr) {
  Bisection bisection(nodes);
  std::size_t count = 0;
  for (auto groups = bisection.next(); !groups.empty(); groups = bisection.next()) {
    REQUIRE(++count < 40);
    Nodes seen;
    std::vector<bool> failed;
    for (const auto& group : groups) {
      for (const auto node : group) {
        CHECK(node < nodes);
        CHECK_FALSE(has(seen, node));
        seen.push_back(node);
      }
      failed.push_back(fails(group));
    }
    bisection.take(failed);
  }
  if (rounds != nullptr) *rounds = count;
  return bisection;
}

}  // namespace

TEST_CASE("no node is blamed where every group works") {
  const auto nodes = GENERATE(as<std::size_t>(), 0, 1, 2, 3, 4, 7, 16, 100);
  std::size_t rounds = 0;
  const auto bisection = bisect(
      nodes, [](const Nodes&) { return false; }, &rounds);
  CHECK(bisection.bad().empty());
  CHECK(bisection.bad_pairs().empty());
  CHECK(rounds <= 1 + kMostPairings);
}

TEST_CASE("every node is blamed where all fail alone") {
  CHECK(bisect(5, [](const Nodes&) { return true; }).bad() == Nodes{0, 1, 2, 3, 4});
  CHECK(bisect(1, [](const Nodes&) { return true; }).bad() == Nodes{0});
}

TEST_CASE("a node that fails alone is found") {
  const auto nodes = GENERATE(as<std::size_t>(), 2, 3, 4, 5, 9);
  for (std::size_t bad = 0; bad < nodes; ++bad) {
    const auto bisection = bisect(nodes, [&](const Nodes& group) { return has(group, bad); });
    CHECK(bisection.bad() == Nodes{bad});
    CHECK(bisection.bad_pairs().empty());
  }
}

TEST_CASE("a node that fails with others only is found where there are two others") {
  const auto nodes = GENERATE(as<std::size_t>(), 3, 4, 5, 8, 9, 33);
  for (std::size_t bad = 0; bad < nodes; ++bad) {
    INFO(bad << " of " << nodes);
    const auto bisection =
        bisect(nodes, [&](const Nodes& group) { return group.size() > 1 && has(group, bad); });
    CHECK(bisection.bad() == Nodes{bad});
    CHECK(bisection.bad_pairs().empty());
  }
}

TEST_CASE("of two nodes that fail together neither can be told to be bad") {
  const auto bisection = bisect(2, [](const Nodes& group) { return group.size() > 1; });
  CHECK(bisection.bad().empty());
  CHECK(bisection.bad_pairs() == Pairs{{0, 1}});
}

TEST_CASE("where no pair works, no node is blamed alone, and all pairs are named") {
  const auto bisection = bisect(4, [](const Nodes& group) { return group.size() > 1; });
  CHECK(bisection.bad().empty());
  CHECK(bisection.bad_pairs().size() == 6);
}

TEST_CASE("two nodes that only fail together are found, whichever they are") {
  const auto nodes = GENERATE(as<std::size_t>(), 3, 4, 5, 8, 15, 16);
  for (std::size_t first = 0; first < nodes; ++first) {
    for (std::size_t second = first + 1; second < nodes; ++second) {
      INFO(first << " and " << second << " of " << nodes);
      const auto bisection =
          bisect(nodes, [&](const Nodes& group) { return has(group, first) && has(group, second); });
      CHECK(bisection.bad().empty());
      CHECK(bisection.bad_pairs() == Pairs{{first, second}});
    }
  }
}

TEST_CASE("several bad nodes are found at once") {
  const auto bisection = bisect(8, [](const Nodes& group) {
    return has(group, 1) || (group.size() > 1 && (has(group, 4) || has(group, 6)));
  });
  CHECK(bisection.bad() == Nodes{1, 4, 6});
  CHECK(bisection.bad_pairs().empty());
}
