#include <algorithm>
#include <unordered_set>

#include "python/characters.hpp"
#include "python/metadata.hpp"
#include "python/name.hpp"
#include "support/text.hpp"
#include "support/utf8.hpp"

namespace preflight::python {

namespace {

// What a section says of the requirements below it: "[extra:marker]", either of them empty.
struct Section {
  std::string extra;  // normalized
  std::string marker;
};

Section read_section(std::string_view line) {
  const std::size_t begin = std::min(line.find_first_not_of("[]"), line.size());
  line = line.substr(begin, line.find_last_not_of("[]") + 1 - begin);
  const std::size_t colon = line.find(':');
  Section section;
  section.extra = normalize_name(line.substr(0, colon));
  if (colon != std::string_view::npos) section.marker = line.substr(colon + 1);
  return section;
}

std::string with_section(std::string_view requirement, const Section& section) {
  std::string text(requirement);
  const std::string extra = section.extra.empty() ? "" : "extra == \"" + section.extra + "\"";
  if (!extra.empty() && !section.marker.empty()) return text += " ; (" + section.marker + ") and " + extra;
  if (!extra.empty() || !section.marker.empty()) text += " ; " + extra + section.marker;
  return text;
}

}  // namespace

void add_requires_txt(std::string_view text, Metadata& metadata) {
  const bool takes_requirements = metadata.requires_dist.empty();
  const bool takes_extras = metadata.provides_extra.empty();
  Section section;
  std::unordered_set<std::string> extras;
  for (const std::string_view each : lines(text)) {
    const std::string line = to_valid_utf8(strip(each));
    if (line.empty() || line.front() == '#') continue;
    if (line.front() == '[' && line.back() == ']') {
      section = read_section(line);
      continue;
    }
    if (takes_requirements) metadata.requires_dist.push_back(with_section(line, section));
    if (takes_extras && !section.extra.empty() && extras.insert(section.extra).second) {
      metadata.provides_extra.push_back(section.extra);
    }
  }
}

}  // namespace preflight::python
