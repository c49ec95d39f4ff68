#include "collect_env/dump.hpp"

#include <algorithm>

namespace preflight::collect_env {

namespace {

using Entries = std::map<Field, Entry>;

// Whether a line opens a further dump, given what was read of the one before it.
bool opens_dump(std::string_view line, const std::optional<Labelled>& labelled, const Entries& read,
                bool has_heading) {
  if (read.empty()) return false;
  if (line.starts_with("Collecting environment information") || line == "System Info") return true;
  if (!labelled) return false;
  // vLLM's later vintages print the system before PyTorch, under a heading; all others begin with PyTorch.
  if (labelled->field == Field::torch_version && !has_heading) return true;
  return is_distinctive(labelled->field) && read.contains(labelled->field);
}

bool is_convincing(const Dump& dump) {
  return std::ranges::any_of(dump.entries, [](const auto& entry) { return is_distinctive(entry.first); });
}

}  // namespace

std::optional<std::string> Dump::value(Field field) const {
  const auto found = entries.find(field);
  if (found == entries.end() || !found->second.whole || found->second.text.empty() ||
      is_placeholder(found->second.text)) {
    return std::nullopt;
  }
  return found->second.text;
}

bool Dump::says(Field field, std::string_view placeholder) const {
  const auto found = entries.find(field);
  return found != entries.end() && found->second.text == placeholder;
}

std::optional<Dump> find_dump(std::vector<Line> lines) {
  std::optional<Dump> best;
  Dump dump;
  bool has_heading = false;
  const auto finish = [&] {
    if (is_convincing(dump) && (!best || dump.entries.size() > best->entries.size())) best = std::move(dump);
    dump = {};
    has_heading = false;
  };
  for (auto& line : lines) {
    auto labelled = recognise(line.text);
    if (opens_dump(line.text, labelled, dump.entries, has_heading)) {
      dump.text_follows = true;
      finish();
    }
    if (line.text == "System Info") has_heading = true;
    if (labelled) {
      dump.entries.try_emplace(labelled->field,
                               Entry{std::move(labelled->value), line.whole, dump.lines.size()});
    }
    dump.lines.push_back(std::move(line));
  }
  finish();
  return best;
}

}  // namespace preflight::collect_env
