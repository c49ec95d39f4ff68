#include "smoke/groups.hpp"

#include <algorithm>

#include "support/json.hpp"

namespace preflight::smoke {

GroupPlace place_in(const Groups& groups, int rank, int world) {
  if (groups.of_rank.empty()) return {0, 0, rank, world};
  const auto& of_rank = groups.of_rank;
  const int group = of_rank[static_cast<std::size_t>(rank)];
  const auto begin = of_rank.begin();
  return {group, static_cast<int>(std::ranges::find(of_rank, group) - begin),
          static_cast<int>(std::count(begin, begin + rank, group)),
          static_cast<int>(std::ranges::count(of_rank, group))};
}

std::string write_groups(const Groups& groups) {
  return nlohmann::json(groups.of_rank).dump();
}

Result<Groups> read_groups(std::string_view text, int world) {
  const Error malformed{ErrorKind::malformed, "rank 0 sent no list of groups"};
  const auto json = parse_json(text);
  if (!json || !json->is_array()) return malformed;
  if (!json->empty() && json->size() != static_cast<std::size_t>(world)) return malformed;
  Groups groups;
  for (const auto& number : *json) {
    if (!number.is_number_integer()) return malformed;
    const auto group = number.get<long long>();
    if (group != kRests && (group < 0 || group >= world)) return malformed;
    groups.of_rank.push_back(static_cast<int>(group));
  }
  return groups;
}

}  // namespace preflight::smoke
