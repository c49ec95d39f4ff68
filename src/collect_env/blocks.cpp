#include "collect_env/blocks.hpp"

#include <algorithm>
#include <optional>
#include <span>
#include <string_view>

#include "facts/recorded_variables.hpp"
#include "support/text.hpp"
#include "support/version.hpp"

namespace preflight::collect_env {

namespace {

// More files or devices than any machine has: what follows is no dump.
constexpr std::size_t kMostListed = 256;

// What belongs to a label: its value and the lines up to the next label.
struct Block {
  std::vector<Line> lines;  // none blank
  bool closed = false;      // another label follows
};

Block block_of(const Dump& dump, Field field) {
  Block block;
  const auto found = dump.entries.find(field);
  if (found == dump.entries.end()) return block;
  const auto& entry = found->second;
  if (!entry.text.empty()) block.lines.push_back({entry.text, entry.whole});
  for (std::size_t index = entry.line + 1; index < dump.lines.size(); ++index) {
    const auto& line = dump.lines[index];
    if (recognise(line.text)) {
      block.closed = true;
      break;
    }
    if (!line.text.empty()) block.lines.push_back(line);
  }
  return block;
}

// "GPU 3: NVIDIA H100": its number and name.
std::optional<std::pair<int, std::string_view>> gpu_line(std::string_view line) {
  constexpr std::string_view kBegin = "GPU ";
  if (!line.starts_with(kBegin)) return std::nullopt;
  line.remove_prefix(kBegin.size());
  const auto colon = line.find(':');
  const auto number = to_integer(line.substr(0, colon));
  constexpr long long kMostGpus = 1024;
  if (colon == std::string_view::npos || !number || *number < 0 || *number >= kMostGpus) return std::nullopt;
  const auto name = line.substr(colon + 1);
  return std::pair{static_cast<int>(*number), trim(name.substr(0, name.find("(UUID")))};
}

bool is_mig_line(std::string_view line) {
  return line.starts_with("MIG ");
}

std::optional<std::pair<std::string_view, std::string_view>> variable_line(std::string_view line) {
  constexpr std::string_view kAllowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";
  const auto equals = line.find('=');
  const auto name = line.substr(0, equals);
  const bool valid = equals != std::string_view::npos && !name.empty() &&
                     name.find_first_not_of(kAllowed) == std::string_view::npos &&
                     (name.front() < '0' || name.front() > '9');
  if (!valid) return std::nullopt;
  return std::pair{name, line.substr(equals + 1)};
}

// Whether the line ends a section rather than continues the value above it.
bool ends_section(std::string_view line) {
  return line.empty() || line.starts_with('`') || line.starts_with('<') || line.starts_with('=') ||
         line.starts_with('#');
}

std::span<const Line> lines_after_topology(const Dump& dump) {
  const std::span<const Line> all = dump.lines;
  const auto heading = std::ranges::find(all, std::string_view("Environment Variables"), &Line::text);
  if (heading != all.end()) {
    auto after = all.subspan(static_cast<std::size_t>(heading - all.begin()) + 1);
    if (!after.empty() && after.front().text.starts_with("===")) after = after.subspan(1);
    return after;
  }
  const auto topology = dump.entries.find(Field::topology);
  if (topology == dump.entries.end()) return {};
  return all.subspan(topology->second.line + 1);
}

}  // namespace

GpuList gpu_list(const Dump& dump) {
  GpuList list;
  const Block block = block_of(dump, Field::gpus);
  list.complete = block.closed;
  for (std::size_t index = 0; index < block.lines.size(); ++index) {
    const auto& line = block.lines[index];
    const auto gpu = gpu_line(line.text);
    if (!gpu || !line.whole) {
      list.complete = list.complete && is_mig_line(line.text);
      continue;
    }
    // A name may be wrapped: it is certain only when what follows is understood.
    const bool last = index + 1 == block.lines.size();
    const bool certain =
        last ? block.closed
             : gpu_line(block.lines[index + 1].text) || is_mig_line(block.lines[index + 1].text);
    list.names.try_emplace(gpu->first, certain ? gpu->second : std::string_view());
  }
  // nvidia-smi numbers from 0 without gaps: a gap is a line that somebody took out.
  const auto highest = list.names.empty() ? -1 : list.names.rbegin()->first;
  if (list.names.empty() || static_cast<std::size_t>(highest) + 1 != list.names.size()) list.complete = false;
  return list;
}

std::vector<std::string> cudnn_paths(const Dump& dump) {
  std::vector<std::string> paths;
  for (const auto& line : block_of(dump, Field::cudnn).lines) {
    if (paths.size() == kMostListed) break;
    if (line.text.starts_with('/') && line.whole) paths.push_back(line.text);
    if (!line.text.starts_with('/') && !line.text.ends_with("following:")) break;
  }
  return paths;
}

std::string driver_version(const Dump& dump) {
  if (const auto value = dump.value(Field::driver)) {
    return parse_dotted_version(*value) ? *value : std::string();
  }
  const auto entry = dump.entries.find(Field::driver);
  if (entry == dump.entries.end() || !entry->second.text.empty()) return {};
  const Block block = block_of(dump, Field::driver);
  if (!block.closed || block.lines.empty()) return {};
  const auto& first = block.lines.front().text;
  const bool same = std::ranges::all_of(block.lines, [&](const Line& line) { return line.text == first; });
  return same && parse_dotted_version(first) ? first : std::string();
}

std::vector<std::string> topology_nics(const Dump& dump) {
  std::vector<std::string> names;
  const auto topology = dump.entries.find(Field::topology);
  if (topology == dump.entries.end()) return names;
  for (std::size_t index = topology->second.line + 1; index < dump.lines.size() && names.size() < kMostListed;
       ++index) {
    const auto& line = dump.lines[index];
    const auto colon = line.text.find(": ");
    if (!line.whole || !line.text.starts_with("NIC") || colon == std::string::npos) continue;
    const auto name = trim(std::string_view(line.text).substr(colon + 2));
    const bool numbered = to_integer(std::string_view(line.text).substr(3, colon - 3)).has_value();
    if (numbered && !name.empty() && name.find(' ') == std::string_view::npos) names.emplace_back(name);
  }
  return names;
}

std::map<std::string, std::string> variables(const Dump& dump) {
  std::map<std::string, std::string> found;
  std::string last;
  for (const auto& line : lines_after_topology(dump)) {
    const auto variable = variable_line(line.text);
    if (!variable) {
      const bool begun = !last.empty();
      if (!begun && (line.text.empty() || !ends_section(line.text))) continue;
      if (begun && !ends_section(line.text)) found.erase(last);  // the value goes on in a line of its own
      break;
    }
    last = variable->first;
    if (!line.whole) continue;
    if (auto value = facts::recordable_value(variable->first, variable->second)) {
      found.try_emplace(last, *std::move(value));
    }
  }
  return found;
}

}  // namespace preflight::collect_env
