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

#include <map>
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

struct Table {
  std::string name;
  std::string meaning;
  std::string key;
  std::vector<Column> columns;
  std::vector<std::string> sources;
  std::map<std::string, Row, std::less<>> rows;

  // Null pointers when there is none.
  const Column* column(std::string_view column_name) const;
  const Row* row(std::string_view row_key) const;
};

using Tables = std::map<std::string, Table, std::less<>>;

// A table from the text of its file. Errors (malformed) name the line and column of what is wrong.
Result<Table> parse_table(std::string_view text);

// The tables in the binary. They are tested at build time; a bad one is a bug and throws std::logic_error.
Tables embedded_tables();

}  // namespace preflight::tables
