#include "probe/host_names.hpp"

#include <algorithm>

#include "support/text.hpp"

namespace preflight::probe {

std::vector<std::string> addresses_of_name(std::string_view hosts, std::string_view name) {
  const auto wanted = to_lower(name);
  std::vector<std::string> addresses;
  for (const auto line : lines(hosts)) {
    const auto fields = words(line.substr(0, line.find('#')));
    const auto is_it = [&](std::string_view field) { return to_lower(field) == wanted; };
    if (fields.size() < 2 || std::none_of(fields.begin() + 1, fields.end(), is_it)) continue;
    if (std::ranges::find(addresses, fields[0]) == addresses.end()) addresses.emplace_back(fields[0]);
  }
  return addresses;
}

}  // namespace preflight::probe
