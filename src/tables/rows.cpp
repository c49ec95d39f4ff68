#include <algorithm>
#include <stdexcept>

#include "tables/read_row.hpp"

namespace preflight::tables {

namespace {

void expect_good(const JsonReader& reader, std::string_view text) {
  if (reader.problem()) throw std::logic_error("a table in the binary: " + to_text(*reader.problem(), text));
}

}  // namespace

void Rows::add(std::string_view key, std::size_t offset, std::optional<Row> row) const {
  entries_.push_back({std::string(key), offset, std::move(row)});
}

// Most files are in the order of their keys.
void Rows::sort() const {
  if (!std::ranges::is_sorted(entries_, {}, &Entry::key)) std::ranges::stable_sort(entries_, {}, &Entry::key);
}

void Rows::find_places() const {
  DecodedStrings decoded;
  JsonReader reader(text_, decoded, offset_);
  reader.object([&](const JsonString& key) {
    add(key.value, reader.offset(), std::nullopt);
    reader.pass_object();
  });
  expect_good(reader, text_);
  sort();
}

std::vector<Rows::Entry>::iterator Rows::place(std::string_view key) const {
  if (entries_.empty() && !text_.empty()) find_places();
  return std::ranges::lower_bound(entries_, key, {}, &Entry::key);
}

bool Rows::has(std::string_view key) const {
  const auto entry = place(key);
  return entry != entries_.end() && entry->key == key;
}

const Row* Rows::find(std::string_view key, const std::vector<Column>& columns) const {
  const auto entry = place(key);
  if (entry == entries_.end() || entry->key != key) return nullptr;
  if (!entry->row) {
    DecodedStrings decoded;
    JsonReader reader(text_, decoded, entry->offset);
    entry->row = read_row(reader, columns);
    expect_good(reader, text_);
  }
  return &*entry->row;
}

std::vector<std::string> Rows::keys() const {
  if (entries_.empty() && !text_.empty()) find_places();
  std::vector<std::string> keys;
  keys.reserve(entries_.size());
  for (const auto& entry : entries_) keys.push_back(entry.key);
  return keys;
}

}  // namespace preflight::tables
