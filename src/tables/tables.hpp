// Tables: versioned compatibility data that rules and derivations look things up in.
//
// A file of rules/tables/ holds one table:
//   { "table": "cuda_family",                        its name in expressions: table.cuda_family[...]
//     "meaning": "one line",
//     "key": "CUDA major version",
//     "columns": { "min_driver": {"type": "version", "meaning": "..."} },   types of the registry, or "list
//     of string" "sources": ["https://..."],                    for every row; a row may add its own
//     "sources" "rows": { "12": {"min_driver": "525.60.13"} } }
// A column that a row lacks, and a row that a table lacks, are unknown: never the nearest one.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "facts/registry.hpp"
#include "facts/value.hpp"
#include "support/result.hpp"

namespace preflight::tables {

struct Column {
  std::string name;
  facts::Type type;
  std::string meaning;
};

struct Row {
  facts::Map cells;
  std::vector<std::string> sources;
};

// Rows by their keys. Those of a table in the binary stay text until they are asked for: of hundreds, a run
// needs a few. So even a constant table is not for two threads at once.
class Rows {
 public:
  // A null pointer when there is none.
  const Row* find(std::string_view key, const std::vector<Column>& columns) const;
  bool has(std::string_view key) const;
  // In order.
  std::vector<std::string> keys() const;

 private:
  friend class TableReader;
  struct Entry {
    std::string key;
    std::size_t offset = 0;  // of the row in the text
    std::optional<Row> row;  // once it was read
  };
  // The first entry that is not before the key.
  std::vector<Entry>::iterator place(std::string_view key) const;
  void add(std::string_view key, std::size_t offset, std::optional<Row> row) const;
  void sort() const;
  void find_places() const;

  std::string_view text_;   // of the whole table
  std::size_t offset_ = 0;  // of the rows in it
  mutable std::vector<Entry> entries_;
};

struct Table {
  std::string name;
  std::string meaning;
  std::string key;
  std::vector<Column> columns;
  std::vector<std::string> sources;
  Rows rows;

  // Null pointers when there is none.
  const Column* column(std::string_view column_name) const;
  const Row* row(std::string_view row_key) const { return rows.find(row_key, columns); }
  bool has_row(std::string_view row_key) const { return rows.has(row_key); }
};

using Tables = std::map<std::string, Table, std::less<>>;

// A table from the text of its file. Errors (malformed) name the line and column of what is wrong.
Result<Table> parse_table(std::string_view text);

// The same of a text that is known to be good and that outlives the table: only what stands before the rows
// is read at once. What is bad is a bug and throws std::logic_error.
Table open_table(std::string_view text);

// The tables in the binary, opened. They are tested at build time.
Tables embedded_tables();

}  // namespace preflight::tables
