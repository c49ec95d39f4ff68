#include "smoke/hostlist.hpp"

#include <algorithm>
#include <optional>

#include "support/text.hpp"

namespace preflight::smoke {

namespace {

Error malformed(std::string_view text) {
  return {ErrorKind::malformed, "not a list of hosts: '" + std::string(text.substr(0, 200)) + "'"};
}

Error too_large() {
  return {ErrorKind::too_large, "a list of more than " + std::to_string(kMostHosts) + " hosts"};
}

// The entries between commas outside of brackets; nothing when a bracket is left open or nested.
std::optional<std::vector<std::string_view>> entries(std::string_view text) {
  std::vector<std::string_view> found;
  std::size_t begin = 0;
  bool inside = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '[' || text[at] == ']') {
      if (inside == (text[at] == '[')) return std::nullopt;
      inside = !inside;
    } else if (text[at] == ',' && !inside) {
      found.push_back(text.substr(begin, at - begin));
      begin = at + 1;
    }
  }
  if (inside) return std::nullopt;
  found.push_back(text.substr(begin));
  return found;
}

bool is_number(std::string_view text) {
  const auto is_digit = [](char character) { return character >= '0' && character <= '9'; };
  return !text.empty() && text.size() <= 9 && std::ranges::all_of(text, is_digit);
}

// Appends what "03" or "08-11" stands for.
Result<std::size_t> append_range(std::string_view range, std::vector<std::string>& numbers) {
  const auto dash = range.find('-');
  const auto first_text = range.substr(0, dash);
  const auto last_text = dash == std::string_view::npos ? first_text : range.substr(dash + 1);
  if (!is_number(first_text) || !is_number(last_text)) return malformed(range);
  const auto first = *to_integer(first_text);
  const auto last = *to_integer(last_text);
  if (last < first) return malformed(range);
  if (last - first >= static_cast<long long>(kMostHosts)) return too_large();
  for (auto number = first; number <= last; ++number) {
    std::string digits = std::to_string(number);
    if (digits.size() < first_text.size()) digits.insert(0, first_text.size() - digits.size(), '0');
    numbers.push_back(std::move(digits));
  }
  return numbers.size();
}

// All names of one entry: "rack[1-2]node[1-4]".
Result<std::vector<std::string>> expand_entry(std::string_view entry) {
  std::vector<std::string> names{""};
  while (!entry.empty()) {
    const auto open = entry.find('[');
    for (auto& name : names) name += entry.substr(0, open);
    if (open == std::string_view::npos) break;
    const auto close = entry.find(']');
    std::vector<std::string> numbers;
    for (const auto range : split(entry.substr(open + 1, close - open - 1), ',')) {
      if (const auto added = append_range(range, numbers); !added) return added.error();
      if (numbers.size() > kMostHosts) return too_large();
    }
    if (numbers.empty()) return malformed(entry);
    if (names.size() > kMostHosts / numbers.size()) return too_large();
    std::vector<std::string> longer;
    longer.reserve(names.size() * numbers.size());
    for (const auto& name : names) {
      for (const auto& number : numbers) longer.push_back(name + number);
    }
    names = std::move(longer);
    entry.remove_prefix(close + 1);
  }
  return names;
}

}  // namespace

Result<std::vector<std::string>> expand_hostlist(std::string_view text) {
  const auto parts = entries(text);
  if (!parts) return malformed(text);
  std::vector<std::string> hosts;
  for (const auto part : *parts) {
    if (trim(part).empty() || trim(part).size() != part.size()) return malformed(text);
    auto names = expand_entry(part);
    if (!names) return names.error();
    if (hosts.size() + names->size() > kMostHosts) return too_large();
    hosts.insert(hosts.end(), std::make_move_iterator(names->begin()), std::make_move_iterator(names->end()));
  }
  return hosts;
}

}  // namespace preflight::smoke
