// Which GPU a user means.
#include <algorithm>
#include <set>

#include "plan/cells.hpp"
#include "plan/given.hpp"
#include "rules/names.hpp"
#include "support/text.hpp"

namespace preflight::plan {

namespace {

constexpr std::string_view kByName = "gpu_by_name";
constexpr std::string_view kByPciId = "gpu_by_pci_id";
constexpr std::string_view kCapabilities = "compute_capability";

bool is_pci_id(std::string_view text) {
  constexpr std::string_view kVendor = "10de:";
  return to_lower(text).starts_with(kVendor);
}

// "9.0" of 9.0 and sm_90; empty for what is no compute capability.
std::string capability_text(std::string_view text) {
  if (const auto architecture = gpu_code::parse_architecture(text)) {
    return to_text(gpu_code::ComputeCapability{architecture->major, architecture->minor});
  }
  const auto version = parse_dotted_version(text);
  return version && version->numbers.size() == 2 ? std::string(text) : std::string();
}

// The words of a name in lower case, without the vendor's.
std::set<std::string> words_of(std::string_view name) {
  std::string spaced = to_lower(name);
  std::ranges::replace(spaced, '-', ' ');
  std::set<std::string> found;
  for (const auto word : words(spaced)) found.emplace(word);
  found.erase("nvidia");
  return found;
}

Result<Gpu> by_capability(const std::string& text, const tables::Tables& tables) {
  const auto& table = tables.at(std::string(kCapabilities));
  if (table.row(text) == nullptr) {
    auto known = table.rows.keys();
    std::ranges::sort(known, {}, [](const std::string& one) { return capability_of(one); });
    return Error{ErrorKind::not_found, "no known compute capability; known are " + join(known, ", ")};
  }
  const auto capability = capability_of(text);
  return Gpu{gpu_code::sass_name({capability.major, capability.minor}), "", capability,
             text_at(tables, {kCapabilities, text, "architecture"})};
}

Result<Gpu> by_row(std::string_view table, const std::string& row, const std::string& name,
                   const tables::Tables& tables) {
  const auto capability = text_at(tables, {table, row, "compute_capability"});
  if (capability.empty()) {
    return Error{ErrorKind::malformed,
                 "products of this name differ; give the compute capability or the PCI id"};
  }
  return Gpu{name, table == kByPciId ? row : "", capability_of(capability),
             text_at(tables, {table, row, "architecture"})};
}

Result<Gpu> by_pci_id(const std::string& id, const tables::Tables& tables) {
  if (tables.at(std::string(kByPciId)).row(id) == nullptr) {
    return Error{ErrorKind::not_found, "no known GPU has this PCI id; give its compute capability"};
  }
  const auto name = text_at(tables, {kByPciId, id, "name"});
  return by_row(kByPciId, id, name.empty() ? id : name, tables);
}

// The letters and digits alone, in lower case.
std::string squeezed(std::string_view text) {
  std::string letters = to_lower(text);
  std::erase_if(letters, [](char letter) { return letter == ' ' || letter == '-'; });
  return letters;
}

// The names that hold all the words, or, where none does, the words written as one ("RTX4090"); the shortest
// first.
std::vector<std::string> names_with(std::string_view text, const tables::Table& table) {
  const auto wanted = words_of(text);
  if (wanted.empty()) return {};
  const auto all = table.rows.keys();
  std::vector<std::string> names;
  std::ranges::copy_if(all, std::back_inserter(names), [&](const std::string& name) {
    return std::ranges::includes(words_of(name), wanted);
  });
  if (names.empty()) {
    std::ranges::copy_if(all, std::back_inserter(names),
                         [&](const std::string& name) { return squeezed(name).ends_with(squeezed(text)); });
  }
  std::ranges::stable_sort(names, {}, &std::string::size);
  return names;
}

// " (nearest: Tesla T4)": names of the table, found whatever the case of the letters.
std::string near(std::string_view text, const tables::Table& table) {
  std::map<std::string, std::string> spelled;
  for (const auto& name : table.rows.keys()) spelled.emplace(to_lower(name), name);
  std::vector<std::string_view> lower;
  lower.reserve(spelled.size());
  for (const auto& [name, unused] : spelled) lower.push_back(name);
  std::vector<std::string> names;
  for (const auto name : rules::nearest_names(to_lower(text), lower))
    names.push_back(spelled.at(std::string(name)));
  return names.empty() ? "" : " (nearest: " + join(names, ", ") + ")";
}

Result<Gpu> by_name(std::string_view text, const tables::Tables& tables) {
  const auto& table = tables.at(std::string(kByName));
  const auto names = names_with(text, table);
  if (names.empty()) return Error{ErrorKind::not_found, "no known GPU has this name" + near(text, table)};
  // The whole name, or words that mean one kind of GPU.
  if (words_of(names.front()) == words_of(text)) return by_row(kByName, names.front(), names.front(), tables);
  std::map<std::string, std::string> kinds;
  for (const auto& name : names) {
    kinds.emplace(text_at(tables, {kByName, name, "compute_capability"}), name);
  }
  if (kinds.size() == 1) return by_row(kByName, names.front(), names.front(), tables);
  std::vector<std::string> told;
  told.reserve(kinds.size());
  for (const auto& [capability, name] : kinds) {
    told.push_back(name + (capability.empty() ? "" : " (" + capability + ")"));
  }
  return Error{ErrorKind::malformed, "several kinds of GPU have such names: " + join(told, ", ")};
}

}  // namespace

Result<Gpu> find_gpu(std::string_view text, const tables::Tables& tables) {
  if (is_pci_id(text)) return by_pci_id(to_lower(text), tables);
  if (const auto capability = capability_text(text); !capability.empty())
    return by_capability(capability, tables);
  return by_name(text, tables);
}

}  // namespace preflight::plan
