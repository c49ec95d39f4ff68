#include "rules/names.hpp"

#include <algorithm>
#include <unordered_map>

namespace preflight::rules {

namespace {

using Places = std::unordered_map<std::string_view, std::uint32_t>;

struct KindNames {
  Places facts;
  Places prefixes;  // every whole-name prefix of a path; the number is of no use
};

std::vector<KindNames> all_names() {
  std::vector<KindNames> names;
  for (const auto& kind : facts::subject_kinds()) {
    KindNames& entry = names.emplace_back();
    for (std::uint32_t place = 0; place < kind.facts.size(); ++place) {
      const std::string_view path = kind.facts[place].path;
      entry.facts.emplace(path, place);
      for (auto dot = path.find('.'); dot != std::string_view::npos; dot = path.find('.', dot + 1)) {
        entry.prefixes.emplace(path.substr(0, dot), 0);
      }
    }
  }
  return names;
}

const KindNames& names_of(const facts::SubjectKind& kind) {
  static const std::vector<KindNames> kNames = all_names();
  return kNames[static_cast<std::size_t>(&kind - facts::subject_kinds().data())];
}

// Levenshtein's distance.
std::size_t distance(std::string_view left, std::string_view right) {
  std::vector<std::size_t> row(right.size() + 1);
  for (std::size_t column = 0; column < row.size(); ++column) row[column] = column;
  for (std::size_t line = 0; line < left.size(); ++line) {
    std::size_t diagonal = row[0];
    row[0] = line + 1;
    for (std::size_t column = 0; column < right.size(); ++column) {
      const std::size_t change = diagonal + (left[line] == right[column] ? 0 : 1);
      diagonal = row[column + 1];
      row[column + 1] = std::min({diagonal + 1, row[column] + 1, change});
    }
  }
  return row.back();
}

// Names that share the last or the first part count as near, too: driver.version, driver.module_version.
std::size_t unlikeness(std::string_view wrong, std::string_view name) {
  const std::size_t letters = distance(wrong, name);
  const auto dot = wrong.rfind('.');
  if (dot != std::string_view::npos && name.starts_with(wrong.substr(0, dot + 1))) return letters / 2;
  return letters;
}

constexpr std::size_t kMostSuggestions = 3;
constexpr std::size_t kLongestWrongName = 100;

}  // namespace

std::uint32_t fact_place(const facts::SubjectKind& kind, std::string_view path) {
  const auto& facts = names_of(kind).facts;
  const auto found = facts.find(path);
  return found == facts.end() ? kNoPlace : found->second;
}

bool is_path_prefix(const facts::SubjectKind& kind, std::string_view prefix) {
  return fact_place(kind, prefix) != kNoPlace || names_of(kind).prefixes.contains(prefix);
}

std::size_t kind_place(std::string_view name) {
  const auto& kinds = facts::subject_kinds();
  return static_cast<std::size_t>(std::ranges::find(kinds, name, &facts::SubjectKind::name) - kinds.begin());
}

std::size_t kind_of_plural(std::string_view plural) {
  const auto& kinds = facts::subject_kinds();
  const auto found = std::find_if(kinds.begin() + 1, kinds.end(),
                                  [&](const facts::SubjectKind& kind) { return kind.plural == plural; });
  return static_cast<std::size_t>(found - kinds.begin());
}

std::vector<std::string_view> nearest_names(std::string_view wrong, std::span<const std::string_view> names) {
  if (wrong.size() > kLongestWrongName) return {};
  std::vector<std::pair<std::size_t, std::string_view>> ranked;
  for (const auto name : names) {
    const std::size_t rank = unlikeness(wrong, name);
    if (rank <= std::max<std::size_t>(2, wrong.size() / 2)) ranked.emplace_back(rank, name);
  }
  std::ranges::sort(ranked);
  std::vector<std::string_view> found;
  for (std::size_t place = 0; place < std::min(kMostSuggestions, ranked.size()); ++place)
    found.push_back(ranked[place].second);
  return found;
}

std::string nearest(std::string_view wrong, std::span<const std::string_view> names) {
  std::string text;
  for (const auto name : nearest_names(wrong, names))
    text.append(text.empty() ? " (nearest: " : ", ").append(name);
  return text.empty() ? text : text + ")";
}

std::string nearest_facts(const facts::SubjectKind& kind, std::string_view wrong, std::string_view prefix) {
  std::vector<std::string> paths;
  for (const auto& fact : kind.facts) paths.push_back(std::string(prefix) + std::string(fact.path));
  const std::vector<std::string_view> views(paths.begin(), paths.end());
  return nearest(std::string(prefix) + std::string(wrong), views);
}

}  // namespace preflight::rules
