#include "elf/versions.hpp"

#include <algorithm>
#include <array>
#include <functional>

#include "support/version.hpp"

namespace preflight::elf {

namespace {

constexpr std::size_t kMostVersions = 8192;
constexpr std::uint16_t kBaseVersion = 0x1;  // a flag: the file itself, under its SONAME
constexpr std::uint16_t kWeakVersion = 0x2;  // a flag
constexpr std::uint16_t kHidden = 0x8000;    // of a number
constexpr std::size_t kDefinitionSize = 20;
constexpr std::size_t kNeedSize = 16;

struct Record {
  std::uint16_t flags = 0;
  std::uint16_t number = 0;
  SymbolVersion version;
};

Error too_many() {
  return {ErrorKind::too_large, "too many symbol versions"};
}

// Calls `read` with the fields of each record of a chain and with the extent from the record on; `read`
// returns how far away the next one is, 0 for the last.
using ReadRecord = std::function<Result<std::uint32_t>(Fields, const Extent&)>;
std::optional<Error> follow(Extent rest, std::size_t size, const ReadRecord& read) {
  std::array<std::byte, kDefinitionSize> bytes{};
  for (std::size_t count = 0; count < kMostVersions; ++count) {
    const auto record = std::span(bytes).first(size);
    if (auto error = rest.fill(0, record)) return error;
    const auto next = read({record, rest.layout()}, rest);
    if (!next) return next.error();
    if (*next == 0) return std::nullopt;
    rest = rest.without_first(*next);
  }
  return too_many();
}

Result<std::vector<Record>> definitions(const File& file, const Dynamic& dynamic) {
  std::vector<Record> records;
  if (dynamic.version_definitions == 0) return records;
  const auto strings = dynamic_strings(file, dynamic);
  if (!strings) return strings.error();
  const auto table = Extent::from(file, dynamic.version_definitions);
  if (!table) return table.error();
  auto error =
      follow(*table, kDefinitionSize, [&](Fields fields, const Extent& rest) -> Result<std::uint32_t> {
        Record record;
        fields.u16();  // version of the format
        record.flags = fields.u16();
        record.number = fields.u16();
        fields.u16();  // count of names
        fields.u32();  // hash
        // The first name is the version itself, those after it its parents.
        const auto name = rest.u32_at(fields.u32());
        if (!name) return name.error();
        auto text = strings->text_at(*name);
        if (!text) return text.error();
        record.version.name = std::move(*text);
        records.push_back(std::move(record));
        return fields.u32();
      });
  if (error) return std::move(*error);
  return records;
}

Result<std::vector<Record>> needs(const File& file, const Dynamic& dynamic) {
  std::vector<Record> records;
  if (dynamic.version_needs == 0) return records;
  const auto strings = dynamic_strings(file, dynamic);
  if (!strings) return strings.error();
  const auto table = Extent::from(file, dynamic.version_needs);
  if (!table) return table.error();
  auto error = follow(*table, kNeedSize, [&](Fields fields, const Extent& rest) -> Result<std::uint32_t> {
    fields.u16();  // version of the format
    fields.u16();  // count of versions
    const auto library = strings->text_at(fields.u32());
    if (!library) return library.error();
    const auto versions = rest.without_first(fields.u32());
    auto wrong = follow(versions, kNeedSize, [&](Fields need, const Extent&) -> Result<std::uint32_t> {
      if (records.size() == kMostVersions) return too_many();
      Record record;
      need.u32();  // hash
      record.flags = need.u16();
      record.number = need.u16();
      auto text = strings->text_at(need.u32());
      if (!text) return text.error();
      record.version = {std::move(*text), *library, (record.number & kHidden) != 0};
      records.push_back(std::move(record));
      return need.u32();
    });
    if (wrong) return std::move(*wrong);
    return fields.u32();
  });
  if (error) return std::move(*error);
  return records;
}

}  // namespace

Result<std::vector<std::string>> defined_versions(const File& file, const Dynamic& dynamic) {
  auto records = definitions(file, dynamic);
  if (!records) return records.error();
  std::vector<std::string> names;
  names.reserve(records->size());
  for (auto& record : *records) names.push_back(std::move(record.version.name));
  return names;
}

Result<std::vector<NeededVersion>> needed_versions(const File& file, const Dynamic& dynamic) {
  auto records = needs(file, dynamic);
  if (!records) return records.error();
  std::vector<NeededVersion> needed;
  needed.reserve(records->size());
  for (auto& record : *records) {
    needed.push_back({std::move(record.version.library), std::move(record.version.name),
                      (record.flags & kWeakVersion) != 0});
  }
  return needed;
}

std::vector<std::string> missing_versions(const std::vector<NeededVersion>& needs, std::string_view library,
                                          const std::vector<std::string>& defined) {
  std::vector<std::string> missing;
  if (defined.empty()) return missing;
  for (const auto& need : needs) {
    if (need.library != library || need.weak || std::ranges::count(defined, need.version) != 0) continue;
    missing.push_back(need.version);
  }
  return missing;
}

std::optional<std::string> highest_version(const std::vector<std::string>& names, std::string_view prefix) {
  std::optional<std::string> highest;
  DottedVersion highest_number;
  for (const auto& name : names) {
    if (!name.starts_with(prefix)) continue;
    const std::string text = name.substr(prefix.size());
    const auto number = parse_dotted_version(text);
    if (!number || (highest && *number <= highest_number)) continue;
    highest = text;
    highest_number = *number;
  }
  return highest;
}

Result<std::vector<SymbolVersion>> numbered_versions(const File& file, const Dynamic& dynamic) {
  auto records = needs(file, dynamic);
  if (!records) return records.error();
  auto own = definitions(file, dynamic);
  if (!own) return own.error();
  // A version that the file defines takes the place of one that it needs.
  std::ranges::move(*own, std::back_inserter(*records));
  std::vector<SymbolVersion> versions;
  for (auto& record : *records) {
    const std::size_t number = record.number & ~std::size_t{kHidden};
    if (number >= versions.size()) versions.resize(number + 1);
    const bool is_own = record.version.library.empty();
    if (is_own && (record.flags & kBaseVersion) != 0) continue;
    versions[number] = std::move(record.version);
  }
  if (versions.size() == 1) versions.clear();  // only the number of local symbols
  return versions;
}

}  // namespace preflight::elf
