// Which facts differ across the ranks. A difference is told before anything can hang by it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace preflight::smoke {

// What one rank tells of itself: "nccl.version" -> "2.21.5", "NCCL_P2P_DISABLE" -> "1".
struct RankFacts {
  int rank = 0;
  std::string host;
  std::map<std::string, std::string> facts;
};

struct SharedValue {
  std::optional<std::string> value;  // nothing: these ranks don't have the fact
  std::vector<int> ranks;            // ascending
  std::vector<std::string> hosts;    // of these ranks, each once, in the order of the ranks
};

struct Difference {
  std::string fact;
  std::vector<SharedValue> values;  // at least two; the one of most ranks first, then by the first rank
};

// In the order of the facts' names.
std::vector<Difference> compare_facts(const std::vector<RankFacts>& ranks);

// "0-6,8": runs of ascending numbers.
std::string ranges_text(const std::vector<int>& numbers);

// "node-1, node-2, node-3, node-4 and 12 more".
std::string hosts_text(const std::vector<std::string>& hosts);

// "nccl.version: 2.21.5 (ranks 0-6), but 2.19.3 (rank 7 on node-8)". Names at most four hosts a value.
std::string to_text(const Difference& difference);

}  // namespace preflight::smoke
